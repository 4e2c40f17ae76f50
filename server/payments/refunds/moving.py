"""The one place where a refund changes state, and its payment with it."""

from __future__ import annotations

from typing import Any

from server.infra.transitions import record_transition
from server.payments.checkout.moving import move_payment
from server.payments.models import Payment, Refund
from server.payments.states import REFUND_MOVES, PaymentStatus, RefundStatus

ON_ITS_WAY = (RefundStatus.CREATED, RefundStatus.SENT)


async def move(
    refund: Refund, to: RefundStatus, actor_id: int | None = None, reason: str = "", **values: Any
) -> bool:
    """Move the row and set further values with it, in the caller's transaction, which holds the payment.
    False where the table doesn't list the move: what is told late is not applied."""
    old = refund.status
    if to not in REFUND_MOVES.get(old, frozenset()):
        return False
    if not await Refund.filter(id=refund.id, status=old).update(status=to, **values):
        return False
    refund.update_from_dict({"status": to, **values})
    await record_transition("refund", refund.id, old, to, actor_id, reason)
    return True


async def settle_status(payment: Payment) -> None:
    """The payment says what of it was given back for good, whether it arrived or was credited."""
    waiting = await Refund.filter(payment_id=payment.id, status__in=ON_ITS_WAY)
    back = payment.refunded_minor - sum(refund.amount_minor for refund in waiting)
    to = _status(payment.amount_minor, back)
    if payment.status != to:
        await move_payment(payment, to)


def _status(amount_minor: int, back: int) -> PaymentStatus:
    if back == 0:
        return PaymentStatus.SUCCEEDED
    return PaymentStatus.REFUNDED if back == amount_minor else PaymentStatus.PARTIALLY_REFUNDED
