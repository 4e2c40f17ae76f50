"""A refund that is not sent after all, or went another way: the learner's bank took the payment back
meanwhile, or somebody gave it back by hand."""

from __future__ import annotations

from typing import Any

from server.infra.clock import now
from server.payments.ledger import postings
from server.payments.ledger.balances import balance
from server.payments.ledger.chart import LEARNER_CREDIT
from server.payments.ledger.posting import claim, post
from server.payments.ledger.postings import Place, Posting
from server.payments.locking import subject_of
from server.payments.models import Payment, Refund
from server.payments.refunds.moving import move, settle_status
from server.payments.shares import refund_shares
from server.payments.states import RefundStatus

UNDONE = "undone:"  # the beginning of the cause of such a refund: it is nothing to tell a learner


async def take_back(payment: Payment, refund: Refund, why: str) -> bool:
    """What it took from whom is put back there, and its cause may be decided again; in the caller's
    transaction, which holds the payment. False where it was sent, or failed, before."""
    if refund.status != RefundStatus.CREATED:
        return False
    values: dict[str, Any] = {"failure": why, "settled_at": now(), "cause": _undone(refund)}
    if not await move(refund, RefundStatus.FAILED, reason=why, **values):
        return False
    await _put_back(payment, refund)
    return True


async def take_credit_back(payment: Payment, refund: Refund, why: str) -> None:
    """The same for one that had failed: its learner has it as credit, or has spent that."""
    place = Place(LEARNER_CREDIT, payment.learner_id)
    await claim(place, payment.currency)
    there = min(refund.amount_minor, await balance(place, payment.currency))
    spent = refund.amount_minor - there
    posting = postings.credit_taken_back(there, spent, payment.learner_id)
    await _book(payment, refund, "uncredited", posting)
    refund.cause, refund.failure = _undone(refund), why
    await refund.save(update_fields=["cause", "failure"])
    await _put_back(payment, refund)


async def _put_back(payment: Payment, refund: Refund) -> None:
    refunded = payment.refunded_minor - refund.amount_minor
    posting = postings.refund_undone(refund.amount_minor)
    if payment.released_at is not None:  # shared by the sum of what is given back, as it was before
        gone = refunded + payment.lost_minor
        shares = refund_shares(payment.amount_minor, payment.commission_minor, gone, refund.amount_minor)
        posting = postings.late_refund_undone(shares, payment.mentor_id)
    await Payment.filter(id=payment.id).update(refunded_minor=refunded)
    payment.refunded_minor = refunded
    await _book(payment, refund, "undone", posting)
    await settle_status(payment)


def _undone(refund: Refund) -> str:
    return f"{UNDONE}{refund.id}:{refund.cause}"[:80]


async def _book(payment: Payment, refund: Refund, what: str, posting: Posting) -> None:
    key, subject = f"refund:{refund.id}:{what}", subject_of(payment.id)
    await post(posting, payment.currency, key=key, subject=subject)
