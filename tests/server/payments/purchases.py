"""Payments of every kind for tests: rows and postings as the features write them, without a provider."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from server.booking import service as booking
from server.booking.models import Booking, Session
from server.booking.seats.confirming import confirm
from server.booking.times import next_mark
from server.edge.access import Viewer
from server.infra import clock
from server.payments.ledger import postings
from server.payments.ledger.posting import post
from server.payments.models import Dispute, Payment, Refund
from server.payments.receipts.issuing import issue
from server.payments.shares import commission, kept_shares
from server.payments.states import DisputeStatus, PaymentStatus, RefundStatus
from tests.server.booking.makers import payments, published

FEE = 155  # the provider's, on each payment
_numbers = count(1)


async def priced(mentor: Viewer, price_minor: int = 4500, currency: str = "EUR", **values: Any) -> UUID:
    """A published lesson that costs something, at a time of its own."""
    start = next_mark(clock.now()) + timedelta(days=1, hours=2 * next(_numbers))
    with payments():
        values = {"price_minor": price_minor, "currency": currency, "capacity": 3, **values}
        return await published(mentor, start, **values)


async def begun(session_id: UUID, learner: Viewer, **values: Any) -> Payment:
    """A held seat and its payment, nothing of which is paid."""
    with payments():
        booked = await booking.book_session(session_id, learner)
    return await _begin(await Booking.get(public_id=booked.booking_id), **values)


async def _begin(seat: Booking, **values: Any) -> Payment:
    session = await Session.get(id=seat.session_id)
    key, amount = uuid4().hex, values.get("amount_minor", seat.price_minor)
    wanted: dict[str, Any] = {
        "amount_minor": amount,
        "commission_minor": commission(amount, 1500),
        "provider_id": f"pi_{key}",
        "client_secret": f"pi_{key}_secret_x",
        "created_at": clock.now(),
    }
    return await Payment.create(
        booking_id=seat.id,
        session_id=seat.session_id,
        learner_id=seat.learner_id,
        mentor_id=session.mentor_id,
        currency=seat.currency,
        provider_key=key,
        **{**wanted, **values},
    )


async def paid(session_id: UUID, learner: Viewer, **values: Any) -> Payment:
    """A seat that is paid, with its receipt."""
    payment = await begun(session_id, learner, **values)
    await confirm(payment.booking_id, learner.user_id)
    return await _pay(payment)


async def bought(booking_id: UUID, amount_minor: int = 4500) -> Payment:
    """A payment of a seat that is there already, even of a free one: the same each time."""
    seat = await Booking.get(public_id=booking_id)
    before = await Payment.get_or_none(booking_id=seat.id)
    return before or await _pay(await _begin(seat, amount_minor=amount_minor))


async def _pay(payment: Payment) -> Payment:
    await change(
        payment,
        status=PaymentStatus.SUCCEEDED,
        succeeded_at=clock.now(),
        charge_id=f"ch_{payment.provider_key}",
        card="visa 4242",
        provider_fee_minor=FEE,
    )
    await book(payment, "paid", postings.paid(payment.amount_minor))
    await book(payment, "fee", postings.charged_fee(FEE))
    await issue(payment.id, await Payment.filter(receipt_number__isnull=False).count() + 1)
    await payment.refresh_from_db()
    return payment


async def refunded(
    payment: Payment, amount_minor: int, status: RefundStatus = RefundStatus.SUCCEEDED, reason: str = ""
) -> Refund:
    """A part that goes back, before the release."""
    over = status in (RefundStatus.SUCCEEDED, RefundStatus.FAILED)
    refund = await Refund.create(
        payment_id=payment.id,
        cause=uuid4().hex,
        amount_minor=amount_minor,
        reason=reason,
        status=status,
        provider_key=uuid4().hex,
        created_at=clock.now(),
        settled_at=clock.now() if over else None,
    )
    whole = payment.refunded_minor + amount_minor == payment.amount_minor
    back = PaymentStatus.REFUNDED if whole else PaymentStatus.PARTIALLY_REFUNDED
    await change(
        payment,
        refunded_minor=payment.refunded_minor + amount_minor,
        status=back if over else payment.status,
    )
    key = f"refund:{refund.id}"
    await book(payment, "begun", postings.refund_begun(amount_minor), key)
    if status == RefundStatus.SUCCEEDED:
        await book(payment, "arrived", postings.refund_arrived(amount_minor), key)
    if status == RefundStatus.FAILED:
        await book(payment, "failed", postings.refund_failed(amount_minor, payment.learner_id), key)
    return refund


async def released(payment: Payment) -> None:
    """The mentor and we have earned what is left."""
    gone = payment.refunded_minor + payment.lost_minor
    shares = kept_shares(payment.amount_minor, payment.commission_minor, gone)
    await change(payment, released_at=clock.now())
    await book(payment, "released", postings.released(shares, payment.mentor_id))


async def disputed(payment: Payment, due_by: datetime | None = None) -> Dispute:
    """The learner's bank took it back for now."""
    await book(payment, "disputed", postings.disputed(payment.amount_minor))
    return await Dispute.create(
        payment_id=payment.id,
        provider_id=f"dp_{uuid4().hex}",
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        reason="fraudulent",
        status=DisputeStatus.OPEN,
        due_by=due_by or clock.now() + timedelta(days=7),
        opened_at=clock.now(),
    )


async def book(payment: Payment, what: str, posting: postings.Posting, key: str = "") -> None:
    key = f"{key or f'payment:{payment.id}'}:{what}"
    assert await post(posting, payment.currency, key=key, subject=f"payment:{payment.id}")


async def change(payment: Payment, **values: Any) -> None:
    await Payment.filter(id=payment.id).update(**values)
    payment.update_from_dict(values)
