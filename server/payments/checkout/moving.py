"""The one place where payments change state: guarded by the table and by the old state."""

from __future__ import annotations

from typing import Any

from server.infra.db import after_commit
from server.infra.metrics import PAYMENTS
from server.infra.transitions import record_transition
from server.payments.models import Payment
from server.payments.states import PAYMENT_MOVES


async def move_payment(
    payment: Payment, to: str, *, actor_id: int | None = None, reason: str = "", **values: Any
) -> bool:
    """Move the row and set further values with it, inside the caller's transaction. False where the
    table forbids the move, as it does what is told late, or where somebody else moved it first."""
    old = payment.status
    if to not in PAYMENT_MOVES[old]:
        return False
    if not await Payment.filter(id=payment.id, status=old).update(status=to, **values):
        return False
    payment.update_from_dict({"status": to, **values})
    if to != old:
        await record_transition("payment", payment.id, old, to, actor_id, reason)
        after_commit(PAYMENTS.labels(to).inc)
    return True
