"""The one place where sessions and bookings change state: guarded by the table and by the old state."""

from __future__ import annotations

from typing import Any

from server.booking.models import Booking, Session
from server.booking.seat_news import seats_changed
from server.booking.states import BOOKING_MOVES, SESSION_MOVES, check_move, wrong_state
from server.infra.transitions import record_transition


async def move(
    row: Session | Booking, to: str, actor_id: int | None, reason: str = "", **values: Any
) -> None:
    """Move the row and set further values with it, inside the caller's transaction.

    `actor_id` is None where the platform itself acts. Raises Conflict(wrong_state) where the table
    forbids the move or somebody else moved the row first."""
    old = row.status
    check_move(SESSION_MOVES if isinstance(row, Session) else BOOKING_MOVES, old, to)
    moved = await type(row).filter(pk=row.pk, status=old).update(status=to, **values)
    if not moved:
        raise wrong_state(old)
    row.update_from_dict({"status": to, **values})
    seats_changed(row.id if isinstance(row, Session) else row.session_id)
    await record_transition(type(row).__name__.lower(), row.pk, old, to, actor_id, reason)
