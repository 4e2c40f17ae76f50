"""Disputes as the staff see them: the latest first, of the open ones what is due first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.payments.models import Dispute


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """`due_by` is when it must be answered; `late`: the payment was released before it was opened."""

    id: UUID
    payment_id: UUID
    session_id: UUID
    title: str
    learner: str
    mentor: str
    provider_id: str
    amount_minor: int
    currency: str
    reason: str
    status: str
    late: bool
    due_by: datetime | None
    opened_at: datetime
    closed_at: datetime | None


READ = {
    "id": "public_id",
    "payment_id": "payment__public_id",
    "session_id": "payment__session_id",
    "title": "payment__session__title",
    "learner": "payment__learner__username",
    "mentor": "payment__mentor__username",
    "provider_id": "provider_id",
    "amount_minor": "amount_minor",
    "currency": "currency",
    "reason": "reason",
    "status": "status",
    "due_by": "due_by",
    "opened_at": "opened_at",
    "closed_at": "closed_at",
}


async def disputes(offset: int, limit: int, status: str = "") -> tuple[list[DisputeRow], int]:
    """Those of a page, and how many there are: two queries."""
    found = Dispute.filter(status=status) if status else Dispute.all()
    rows = found.order_by("due_by", "id") if status == "open" else found.order_by("-id")
    released = "payment__released_at"
    page = await rows.offset(offset).limit(limit).values(*READ.values(), released)
    shown = [
        DisputeRow(
            **{name: row[column] for name, column in READ.items()},
            late=row[released] is not None and row[released] <= row["opened_at"],
        )
        for row in page
    ]
    return shown, await found.count()
