"""What the provider says of a dispute is written down: held when it is opened, settled when it is over.

One transaction for each look. While it is open, nothing of its payment is given to anybody."""

from __future__ import annotations

from server.infra.clock import now
from server.infra.db import transactional
from server.infra.outbox import enqueue
from server.infra.transitions import record_transition
from server.payments.disputes import notices
from server.payments.gateway.answers import DisputeSeen
from server.payments.ledger import postings
from server.payments.ledger.posting import post
from server.payments.ledger.postings import Posting
from server.payments.locking import left_of, locked_payment, subject_of
from server.payments.models import Dispute, Payment
from server.payments.refunds.given_back import GIVEN_BACK
from server.payments.shares import Shares, refund_shares
from server.payments.states import DISPUTE_MOVES, PAID, DisputeStatus

INQUIRY = "warning_"  # a bank asks, and has taken nothing
DECIDED = {"won": DisputeStatus.WON, "lost": DisputeStatus.LOST}


@transactional
async def apply_dispute(payment_id: int, seen: DisputeSeen) -> str:
    """Says what came of it, for the log of events."""
    payment = await locked_payment(payment_id)
    if payment.status not in PAID:
        return "about a payment that is not paid"
    await _book_fees(payment, seen)
    if seen.status.startswith(INQUIRY) or not seen.amount_minor:
        return "nothing was taken"
    dispute = await Dispute.get_or_none(provider_id=seen.id)
    opened = dispute is None
    if dispute is None:
        dispute = await _open(payment, seen)
    decided = DECIDED.get(seen.status)
    if decided is not None and decided in DISPUTE_MOVES.get(dispute.status, frozenset()):
        await _close(payment, dispute, decided)
        return str(decided)
    return "opened" if opened else "known"


async def _book_fees(payment: Payment, seen: DisputeSeen) -> None:
    """Each once, by the movement that took it or gave it back."""
    for movement, fee in seen.fees.items():
        posting = postings.charged_fee(fee) if fee > 0 else postings.returned_fee(-fee)
        await _book(payment, f"fee:{movement}", posting)


async def _open(payment: Payment, seen: DisputeSeen) -> Dispute:
    dispute = await Dispute.create(
        payment_id=payment.id,
        provider_id=seen.id,
        amount_minor=seen.amount_minor,
        currency=seen.currency,
        reason=seen.reason[:60],
        due_by=seen.due_by,
        opened_at=seen.opened_at,
    )
    await record_transition("dispute", dispute.id, "", dispute.status, None, seen.reason)
    await _book(payment, f"dispute:{dispute.id}:opened", postings.disputed(dispute.amount_minor))
    await notices.opened(payment, dispute)
    return dispute


async def _close(payment: Payment, dispute: Dispute, to: DisputeStatus) -> None:
    await Dispute.filter(id=dispute.id).update(status=to, closed_at=now())
    await record_transition("dispute", dispute.id, dispute.status, to, None)
    dispute.status = to
    if to == DisputeStatus.WON:
        await _book(payment, f"dispute:{dispute.id}:won", postings.dispute_won(dispute.amount_minor))
    else:
        await _lose(payment, dispute)
    await notices.closed(payment, dispute)
    await enqueue(GIVEN_BACK, {"booking_id": payment.booking_id})  # what waited for it


async def _lose(payment: Payment, dispute: Dispute) -> None:
    """Only what is left of the payment is lost by it; what was given back before, the platform loses."""
    lost = min(dispute.amount_minor, left_of(payment))
    excess = dispute.amount_minor - lost
    posting = postings.dispute_lost(lost, excess)
    if payment.released_at is not None:
        posting = postings.dispute_lost_late(_shares(payment, lost), payment.mentor_id, excess)
    await Payment.filter(id=payment.id).update(lost_minor=payment.lost_minor + lost)
    await _book(payment, f"dispute:{dispute.id}:lost", posting)


def _shares(payment: Payment, lost: int) -> Shares:
    gone = payment.refunded_minor + payment.lost_minor
    return refund_shares(payment.amount_minor, payment.commission_minor, gone, lost)


async def _book(payment: Payment, key: str, posting: Posting) -> None:
    await post(posting, payment.currency, key=key, subject=subject_of(payment.id))
