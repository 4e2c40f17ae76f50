"""Earnings for the tests of payouts: lessons that were held and paid, without the way there."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from server.booking.history import record_past_session
from server.booking.models import Booking
from server.booking.times import next_mark
from server.edge.access import Viewer
from server.infra.clock import now
from server.infra.db import transactional
from server.payments.ledger import postings
from server.payments.ledger.balances import balance
from server.payments.ledger.chart import MENTOR_AVAILABLE
from server.payments.ledger.posting import post
from server.payments.ledger.postings import Place
from server.payments.locking import subject_of
from server.payments.models import ConnectedAccount, Payment, Payout, Refund, StripeEvent, Transfer
from server.payments.payouts.accounts import onboarding_link, refresh
from server.payments.payouts.following import payout_changed
from server.payments.payouts.recouping import take_back
from server.payments.shares import Shares, commission, kept_shares, refund_shares
from tests.server.booking.makers import form, mentor
from tests.server.payments.provider import Provider

RATE = 1500


async def paid_lesson(
    mira: Viewer,
    lea: Viewer,
    amount_minor: int = 5000,
    currency: str = "EUR",
    *,
    provider: Provider | None = None,
    title: str = "Closures by example",
) -> Payment:
    """A lesson of three days ago, whose price waits in escrow; at a provider it has a charge."""
    start = next_mark(now() - timedelta(days=3))
    wanted = form(start, title=title, price_minor=amount_minor)
    session_id = await record_past_session(mira, wanted, [lea.user_id])
    await Booking.filter(session_id=session_id).update(currency=currency)  # of another installation
    intent, charge = await provider.charge(amount_minor, currency) if provider else (None, None)
    return await _paid(await Booking.get(session_id=session_id), mira, intent, charge)


@transactional
async def _paid(booking: Booking, mira: Viewer, intent: str | None, charge: str | None) -> Payment:
    payment = await Payment.create(
        booking_id=booking.id,
        session_id=booking.session_id,
        learner_id=booking.learner_id,
        mentor_id=mira.user_id,
        method="card" if charge else "credit",
        amount_minor=booking.price_minor,
        currency=booking.currency,
        commission_minor=commission(booking.price_minor, RATE),
        status="succeeded",
        provider_key=f"payment:{uuid4()}",
        provider_id=intent,
        charge_id=charge,
        created_at=now(),
        succeeded_at=now(),
    )
    key, subject = f"payment:{payment.id}:paid", subject_of(payment.id)
    await post(postings.paid(payment.amount_minor), payment.currency, key=key, subject=subject)
    return payment


@transactional
async def release(payment: Payment) -> None:
    kept = shares(payment)
    key, subject = f"payment:{payment.id}:released", subject_of(payment.id)
    await post(postings.released(kept, payment.mentor_id), payment.currency, key=key, subject=subject)
    payment.released_at = now()
    await payment.save(update_fields=["released_at"])


def shares(payment: Payment) -> Shares:
    gone = payment.refunded_minor + payment.lost_minor
    return kept_shares(payment.amount_minor, payment.commission_minor, gone)


async def earned(
    mira: Viewer, lea: Viewer, amount_minor: int = 5000, currency: str = "EUR", **options: object
) -> Payment:
    """A paid lesson whose price is settled: what is kept of it is the mentor's."""
    payment = await paid_lesson(mira, lea, amount_minor, currency, **options)  # type: ignore[arg-type]
    await release(payment)
    return payment


async def paid_out(payment: Payment, status: str = "paid") -> Payout:
    """A payout of all that a lesson brought, as if its mentor had asked for it."""
    account, _ = await ConnectedAccount.get_or_create(
        {"provider_key": f"account:{uuid4()}", "provider_id": f"acct_{uuid4().hex}", "created_at": now()},
        user_id=payment.mentor_id,
    )
    payout = await Payout.create(
        mentor_id=payment.mentor_id,
        account_id=account.id,
        amount_minor=shares(payment).mentor,
        currency=payment.currency,
        status=status,
        provider_key=f"payout:{uuid4()}",
        requested_at=now(),
    )
    transfer = await Transfer.create(
        payout_id=payout.id,
        payment_id=payment.id,
        amount_minor=payout.amount_minor,
        status="succeeded",
        provider_key=f"transfer:{uuid4()}",
        created_at=now(),
    )
    posting = postings.transferred(payout.amount_minor, payment.mentor_id)
    key, subject = f"transfer:{transfer.id}:sent", subject_of(payment.id)
    await post(posting, payment.currency, key=key, subject=subject)
    return payout


async def payee(provider: Provider, username: str = "mira") -> Viewer:
    """A mentor whose account at the provider is complete."""
    mira = await mentor(username)
    await provider.complete(await onboarding_link(mira, "http://127.0.0.1:8000"))
    assert (await refresh(mira.user_id)).is_ready
    return mira


async def on_account(mira: Viewer, currency: str = "EUR") -> int:
    """What the books say that a mentor may ask for."""
    return await balance(Place(MENTOR_AVAILABLE, mira.user_id), currency)


async def balance_at_provider(provider: Provider, payout: Payout) -> int:
    """What lies in the mentor's account there."""
    account = (await Payout.get(id=payout.id).prefetch_related("account")).account.provider_id
    headers = {"Authorization": "Bearer sk_test_1", "Stripe-Account": str(account)}
    async with provider.http.get(f"{provider.base}/v1/balance", headers=headers) as answer:
        told = await answer.json()
    return sum(part["amount"] for part in (*told["available"], *told["pending"]))


async def settled_at_bank(provider: Provider, payout: Payout) -> Payout:
    """The bank has decided, and an event tells of it."""
    row = await Payout.get(id=payout.id).prefetch_related("account")
    assert row.provider_id is not None and row.account.provider_id is not None
    path = f"_sandbox/payouts/{row.provider_id}/settle"
    await provider.call(path, account=row.account.provider_id)
    await payout_changed(StripeEvent(id="evt", kind="payout.paid", object_id=row.provider_id))
    return await Payout.get(id=payout.id)


@transactional
async def late_refund(payment: Payment, amount_minor: int) -> Refund:
    """A refund after the release, as it is decided."""
    shares = refund_shares(payment.amount_minor, payment.commission_minor, 0, amount_minor)
    refund = await Refund.create(
        payment_id=payment.id,
        cause=f"test:{payment.id}",
        amount_minor=amount_minor,
        late=True,
        mentor_minor=shares.mentor,
        platform_minor=shares.platform,
        provider_key=f"refund:{payment.id}",
        created_at=now(),
    )
    await Payment.filter(id=payment.id).update(refunded_minor=amount_minor)
    posting = postings.late_refund_begun(shares, payment.mentor_id)
    key = f"refund:{refund.id}:begun"
    await post(posting, payment.currency, key=key, subject=subject_of(payment.id))
    await take_back(refund)
    return refund
