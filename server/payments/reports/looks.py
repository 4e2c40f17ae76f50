"""Who of the staff looked at somebody's payment is kept: it says what they buy, and with which card."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from server.infra import audit
from server.infra.clock import now
from server.infra.db import transactional
from server.infra.models import AuditRow

VIEWED = "payment.viewed"
LOOKED_AGAIN = timedelta(hours=1)  # looking twice in so short a time is one look


@transactional
async def note_look(actor_id: int, payment_id: UUID) -> None:
    """By the payment's public id."""
    looked = AuditRow.filter(subject="payment", subject_id=str(payment_id), action=VIEWED)
    if not await looked.filter(actor_id=actor_id, at__gt=now() - LOOKED_AGAIN).exists():
        await audit.record(actor_id, VIEWED, "payment", payment_id)
