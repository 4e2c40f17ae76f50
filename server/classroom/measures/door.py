"""Who may read what was measured of a lesson: its mentor, and those who booked it or were in it."""

from __future__ import annotations

from uuid import UUID

from server.booking import service as booking
from server.booking.service import SessionCard
from server.classroom.models import Seat
from server.infra.errors import Forbidden, NotFound

NO_CALL = "You were in no such lesson."


async def lesson_of(session_id: UUID, user_id: int) -> tuple[SessionCard, bool]:
    """The lesson, and whether its reader is who gave it. Raises NotFound for everybody else's."""
    try:
        access = await booking.room_access(session_id, user_id)
        return access.session, access.role == "mentor"
    except Forbidden as error:  # they may have been there before their booking was cancelled
        if not await Seat.exists(session_id=session_id, user_id=user_id):
            raise NotFound(message=NO_CALL) from error
    return (await booking.cards_by_id([session_id]))[session_id], False
