"""Everything about money that is under way comes to its end: what is left is what must be so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from server.booking.models import Booking
from server.booking.states import BookingStatus
from server.infra.clock import ManualClock
from server.infra.models import OutboxRow
from server.payments.books.invariants import broken
from server.payments.books.reconciling import expected, reconcile
from server.payments.checkout import sweeping as checkout
from server.payments.disputes import told as disputes
from server.payments.ledger.balances import balance
from server.payments.ledger.chart import PLATFORM_GOODWILL
from server.payments.ledger.postings import Place
from server.payments.models import Dispute, Payment, Refund, StripeEvent
from server.payments.payouts import following, reversing
from server.payments.refunds import sending as refunds
from server.payments.refunds.undoing import UNDONE
from server.payments.release.releasing import release_due
from server.payments.states import PAID, DisputeStatus, RefundStatus
from server.payments.webhook.handlers import HANDLERS
from server.settlement.models import Issue, Verdict
from server.settlement.settling import settle_late
from server.settlement.states import IssueStatus
from server.worker import run_due
from tests.server.payments.provider import Provider

ROUNDS = 8


async def nothing_more(number: int) -> None:
    """Banks decide nothing between two rounds."""


async def come_to_end(
    provider: Provider,
    since: datetime,
    clock: ManualClock,
    between: Callable[[int], Awaitable[None]] = nothing_more,
) -> None:
    """All events since then are told again, all jobs and sweeps run, hours pass."""
    await provider.fault(error_after_commit=0, timeout=0, payout_fails=0, drop=0)
    for number in range(ROUNDS):
        await between(number)
        clock.advance(timedelta(hours=2))
        await jobs()
        for event in await told(provider, since):
            await HANDLERS[event.kind](event)
        await sweeps()
        await jobs()


async def told(provider: Provider, since: datetime) -> list[StripeEvent]:
    """The events since then of which we heed the kind, the newest first."""
    return [
        StripeEvent(id=each.id, kind=each.kind, object_id=each.object_id, account=each.account)
        async for each in provider.gateway.events(since)
        if each.kind in HANDLERS
    ]


async def jobs() -> None:
    """All that are due, but for what tells people."""
    await OutboxRow.filter(job__startswith="notifications.").delete()
    await run_due()


async def sweeps() -> None:
    await checkout.sweep()
    await refunds.sweep()
    await disputes.sweep()
    await following.sweep()
    await reversing.sweep()
    await settle_late()
    await release_due()


async def wrongs(provider: Provider, currency: str) -> list[str]:
    """What is not as it must be, when nothing is under way any more. The provider knew nothing when the
    books were empty."""
    found = [words for row in await reconcile() for words in row.findings]
    found += [each.words for each in await broken()]
    unsent = await Refund.filter(status=RefundStatus.CREATED).count()
    if unsent:
        found.append(f"{unsent} refunds were never sent")
    there = (await provider.gateway.balance()).get(currency, 0)
    if there != (wanted := await expected(currency)):
        found.append(f"the provider has {there}, the books say {wanted}")
    for payment in await Payment.filter(status__in=PAID).order_by("id"):
        found += await _of_payment(payment, provider)
    return found + await _of_settlement(currency)


async def _of_settlement(currency: str) -> list[str]:
    """Each credit was given once, and nothing is held but what is not decided."""
    given = await balance(Place(PLATFORM_GOODWILL), currency)
    rows = [*await Verdict.all(), *await Issue.all()]
    if given != (wanted := sum(row.credit_minor for row in rows)):
        return [f"{wanted} credit was decided, {given} given"]
    held = await Payment.exclude(held_for="").values_list("booking_id", flat=True)
    still = await Issue.filter(status=IssueStatus.OPEN).values_list("booking_id", flat=True)
    paid = await Payment.filter(status__in=PAID).values_list("booking_id", flat=True)
    return [] if set(held) & set(paid) == set(still) & set(paid) else [f"{held} held, {still} undecided"]


async def _of_payment(payment: Payment, provider: Provider) -> list[str]:
    """Paid is never without a seat, or what was promised for it; and never given back twice."""
    if await Dispute.filter(payment_id=payment.id, status=DisputeStatus.OPEN).exists():
        return []
    found = []
    seat = await Booking.get(id=payment.booking_id)
    gone = payment.refunded_minor + payment.lost_minor
    if seat.status != BookingStatus.CONFIRMED:
        promised = seat.refund_minor if seat.confirmed_at else payment.amount_minor
        if gone < (promised or 0):
            found.append(f"payment {payment.id}: {seat.status}, {gone} of {promised} given back")
    if payment.charge_id is None:
        return found  # paid by credit: nothing of it was ever with the provider
    charge = await provider.gateway.charge(payment.charge_id)
    failed = await Refund.filter(payment_id=payment.id, status=RefundStatus.FAILED)
    owed = sum(each.amount_minor for each in failed if not each.cause.startswith(UNDONE))
    if charge.refunded_minor + owed != payment.refunded_minor:
        sent = charge.refunded_minor
        found.append(f"payment {payment.id}: {payment.refunded_minor} refunded, {sent} sent, {owed} owed")
    return found
