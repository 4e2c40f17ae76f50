"""Says that a session's seats or its state have changed, to whoever looks at it in whichever process.

Only that: who hears it reads from the database what is so, and nothing is lost that was not heard."""

from __future__ import annotations

from uuid import UUID

from server.booking.models import Session
from server.booking.values import SeatCount
from server.notifications.waking import tell_processes

TOPIC = "seats"


def seats_changed(session_id: UUID) -> None:
    """Once the present transaction has committed."""
    tell_processes(TOPIC, session_id.bytes)


async def seat_counts(session_ids: list[UUID]) -> dict[UUID, SeatCount]:
    """As they are now: one query."""
    found = Session.filter(id__in=session_ids)
    rows = await found.values("id", "mentor_id", "seats_taken", "capacity", "status")
    return {
        row["id"]: SeatCount(row["mentor_id"], row["seats_taken"], row["capacity"], row["status"])
        for row in rows
    }
