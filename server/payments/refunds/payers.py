"""What somebody paid for, as the staff see it who may give money back and see no other figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.payments.models import Payment
from server.payments.states import PAID

SHOWN = 20  # the latest ones
READ = {
    "booking_id": "booking__public_id",
    "title": "session__title",
    "starts_at": "session__starts_at",
    "ends_at": "session__ends_at",
    "amount_minor": "amount_minor",
    "refunded_minor": "refunded_minor",
    "currency": "currency",
    "status": "status",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidSeat:
    booking_id: UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    amount_minor: int
    refunded_minor: int
    currency: str
    status: str


async def paid_by(learner_id: int) -> list[PaidSeat]:
    """The newest first: one query."""
    found = Payment.filter(learner_id=learner_id, status__in=PAID).order_by("-id").limit(SHOWN)
    rows = await found.values(*READ.values())
    return [PaidSeat(**{name: row[column] for name, column in READ.items()}) for row in rows]
