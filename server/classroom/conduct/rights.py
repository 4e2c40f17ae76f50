"""Who may be in a room and have what was said in it: as booking says, but for those who were removed and
those who got their money back. Every door of the classroom asks here."""

from __future__ import annotations

from uuid import UUID

from media.protocol.messages import Error
from server.booking import service as booking
from server.booking.service import RoomAccess
from server.classroom.conduct.models import Removal
from server.infra.errors import Forbidden, NotFound
from server.payments import service as payments

OPEN = frozenset({"published", "live"})
REMOVED = "You were removed from this lesson. Only its mentor can let you in again."
REFUNDED = "Your payment was given back, so this seat is not yours any more."
NO_SEAT = "You have no seat in this lesson any more."


async def room_access(session_id: UUID, user_id: int) -> RoomAccess:
    """The right to be in the room, whatever the time is.

    Raises NotFound, Forbidden (forbidden, removed, refunded)."""
    access = await booking.room_access(session_id, user_id)
    if access.role == "mentor":
        return access
    if await Removal.filter(session_id=session_id, user_id=user_id).exists():
        raise Forbidden("removed", REMOVED)
    if await payments.all_given_back(session_id, user_id):
        raise Forbidden("refunded", REFUNDED)
    return access


async def objection(session_id: UUID, user_id: int) -> Error | None:
    """Why somebody who sits in the room may not stay. When the whole lesson is over or called off there
    is none: its end closes the room for all."""
    try:
        await room_access(session_id, user_id)
    except NotFound:
        why = Error(code="forbidden", message=NO_SEAT)
    except Forbidden as error:
        known = error.code != Forbidden.default_code
        why = Error(code=error.code, message=error.message if known else NO_SEAT)
    else:
        return None
    card = (await booking.cards_by_id([session_id])).get(session_id)
    return why if card is None or card.status in OPEN else None
