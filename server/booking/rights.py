"""What one person can do with one session now: buttons on its page, the door of its room."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from server.booking.cards import cards_by_id
from server.booking.diary import room_open
from server.booking.models import Booking
from server.booking.states import OPEN_SESSIONS, SEATED, SessionStatus
from server.booking.times import bookable_until, doors_open_at, over_at
from server.booking.values import Abilities, BookingRow, RoomAccess, SessionCard
from server.booking.visibility import NO_SESSION, may_see
from server.edge.access import Viewer
from server.infra.errors import Forbidden, NotFound


def abilities(
    session: SessionCard, booking: BookingRow | None, viewer: Viewer | None, now: datetime
) -> Abilities:
    """Somebody who is not signed in is offered a seat too: the button leads to the login."""
    if viewer is not None and viewer.user_id == session.mentor_id:
        return _mentor_abilities(session, now)
    return Abilities(
        book=booking is None and bookable(session, now),
        join=booking is not None and booking.can_join,
        cancel=booking is not None and booking.can_cancel,
        recordings=booking is not None and booking.recordings_url is not None,
    )


def _mentor_abilities(session: SessionCard, now: datetime) -> Abilities:
    status = session.status
    open_now = room_open(session, now)
    return Abilities(
        join=open_now,
        edit=status in (SessionStatus.DRAFT, SessionStatus.PUBLISHED),
        publish=status == SessionStatus.DRAFT,
        cancel=status == SessionStatus.PUBLISHED,
        start=open_now and status == SessionStatus.PUBLISHED,
        recordings=status == SessionStatus.ENDED,
    )


def bookable(session: SessionCard, now: datetime) -> bool:
    open_still = session.status in OPEN_SESSIONS and now < bookable_until(session.starts_at)
    return open_still and session.seats_left > 0


async def room_access(session_id: UUID, user_id: int) -> RoomAccess:
    """The right of the mentor and of confirmed learners to be in the room, whatever the time is.

    Raises NotFound for a session that doesn't exist or is somebody else's draft, Forbidden for one
    that is visible but was not booked."""
    session = (await cards_by_id([session_id], user_id)).get(session_id)
    if session is None:
        raise NotFound(message=NO_SESSION)
    opens_at, closes_at = doors_open_at(session.starts_at), over_at(session.ends_at)
    if session.mentor_id == user_id:
        return RoomAccess("mentor", session, opens_at, closes_at)
    if await Booking.exists(session_id=session_id, learner_id=user_id, status__in=SEATED):
        return RoomAccess("learner", session, opens_at, closes_at)
    if may_see(session.mentor_id, session.status, None):
        raise Forbidden(message="This room is for its mentor and for those who booked.")
    raise NotFound(message=NO_SESSION)
