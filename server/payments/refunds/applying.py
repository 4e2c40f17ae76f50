"""What the provider says of a refund is written down: in one transaction, and only what is news."""

from __future__ import annotations

from typing import Any

from server.infra.clock import now
from server.infra.db import transactional
from server.payments.gateway.answers import GatewayRefused, RefundSeen
from server.payments.ledger import postings
from server.payments.ledger.posting import post
from server.payments.ledger.postings import Posting
from server.payments.locking import locked_payment, subject_of
from server.payments.models import Payment, Refund
from server.payments.refunds import notices
from server.payments.refunds.moving import move, settle_status
from server.payments.refunds.undoing import take_back
from server.payments.states import RefundStatus

STATES = {
    "pending": RefundStatus.SENT,
    "requires_action": RefundStatus.SENT,
    "succeeded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.FAILED,
}
# The learner's bank took the payment back itself: what it took is not given a second time.
TAKEN_ALREADY = "charge_disputed"


@transactional
async def apply(refund_id: int, seen: RefundSeen) -> bool:
    """Write down what was seen. False where it was no news."""
    payment, refund = await _locked(refund_id)
    to = STATES[seen.status]
    if to == RefundStatus.FAILED:
        return await _fail(payment, refund, seen.failure or seen.status, provider_id=seen.id)
    was = refund.status
    settled_at = now() if to == RefundStatus.SUCCEEDED else None
    if not await move(refund, to, provider_id=seen.id, settled_at=settled_at):
        return False
    if to == RefundStatus.SUCCEEDED:
        await _write(payment, refund, "arrived", postings.refund_arrived(refund.amount_minor))
        await settle_status(payment)
        if was == RefundStatus.SENT:
            await notices.arrived(payment, refund)
    return True


@transactional
async def refuse(refund_id: int, refused: GatewayRefused) -> bool:
    """The provider won't send it. We owe it to the learner, unless their bank took it already."""
    payment, refund = await _locked(refund_id)
    if refund.status != RefundStatus.CREATED:
        return False
    why = f"{refused.code}: {refused}"[:300]
    if refused.code == TAKEN_ALREADY:
        return await take_back(payment, refund, why)
    return await _fail(payment, refund, why)


async def _fail(payment: Payment, refund: Refund, why: str, provider_id: str | None = None) -> bool:
    """Banks refuse weeks later, too: what had arrived with the learner has come back to us then."""
    had_arrived = refund.status == RefundStatus.SUCCEEDED
    values: dict[str, Any] = {"failure": why[:300], "settled_at": now()}
    if provider_id is not None:
        values["provider_id"] = provider_id
    if not await move(refund, RefundStatus.FAILED, reason=why[:300], **values):
        return False
    posting = postings.refund_failed(refund.amount_minor, payment.learner_id)
    if had_arrived:
        posting = postings.refund_came_back(refund.amount_minor, payment.learner_id)
    await _write(payment, refund, "failed", posting)
    await settle_status(payment)
    await notices.failed(payment, refund)
    return True


async def _locked(refund_id: int) -> tuple[Payment, Refund]:
    known = await Refund.get(id=refund_id)
    payment = await locked_payment(known.payment_id)
    await known.refresh_from_db()
    return payment, known


async def _write(payment: Payment, refund: Refund, what: str, posting: Posting) -> None:
    key, subject = f"refund:{refund.id}:{what}", subject_of(payment.id)
    await post(posting, payment.currency, key=key, subject=subject)
