"""A refund that is not sent after all, since the learner's bank took the payment back meanwhile."""

from __future__ import annotations

from typing import Any

from server.infra.clock import now
from server.payments.ledger import postings
from server.payments.ledger.posting import post
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
    values: dict[str, Any] = {
        "failure": why,
        "settled_at": now(),
        "cause": f"{UNDONE}{refund.id}:{refund.cause}"[:80],
    }
    if not await move(refund, RefundStatus.FAILED, reason=why, **values):
        return False
    refunded = payment.refunded_minor - refund.amount_minor
    posting = postings.refund_undone(refund.amount_minor)
    if payment.released_at is not None:  # shared by the sum of what is given back, as it was before
        gone = refunded + payment.lost_minor
        shares = refund_shares(payment.amount_minor, payment.commission_minor, gone, refund.amount_minor)
        posting = postings.late_refund_undone(shares, payment.mentor_id)
    await Payment.filter(id=payment.id).update(refunded_minor=refunded)
    payment.refunded_minor = refunded
    key, subject = f"refund:{refund.id}:undone", subject_of(payment.id)
    await post(posting, payment.currency, key=key, subject=subject)
    await settle_status(payment)
    return True
