"""A held seat becomes its learner's for good: taken up, or paid."""

from __future__ import annotations

from typing import Any

from server.booking import notices
from server.booking.models import Booking, Session
from server.booking.moves import move
from server.booking.states import OPEN_SESSIONS, SEATED, BookingStatus, wrong_state
from server.booking.visibility import session_to_change
from server.booking.waiting.offers import settle
from server.infra.clock import now
from server.infra.db import after_commit, transactional
from server.infra.errors import Conflict
from server.infra.metrics import BOOKINGS
from server.notifications.service import withdraw


@transactional
async def confirm(booking_id: int, actor_id: int | None) -> Booking:
    """Held becomes confirmed, in the caller's transaction if there is one. What is confirmed stays so.

    Whoever gets the session's row first wins: the end of the hold, or this.

    Raises Conflict (wrong_state, hold_expired)."""
    booking = await Booking.get(id=booking_id)
    session = await session_to_change(booking.session_id)
    await booking.refresh_from_db()
    if booking.status in SEATED:
        return booking
    _check_holds(booking, session)
    await make_theirs(session, booking, actor_id)
    return booking


def _check_holds(booking: Booking, session: Session) -> None:
    """Raises Conflict (wrong_state, hold_expired)."""
    ended = booking.hold_expires_at is not None and now() >= booking.hold_expires_at
    if booking.status == BookingStatus.EXPIRED or (booking.status == BookingStatus.HELD and ended):
        raise Conflict("hold_expired", "The time for which this seat was held is over.")
    if session.status not in OPEN_SESSIONS:
        raise wrong_state(session.status)


async def make_theirs(
    session: Session, booking: Booking, actor_id: int | None, reason: str = "", **values: Any
) -> None:
    """The seat is counted and its time taken; further values are set with the move."""
    await move(booking, BookingStatus.CONFIRMED, actor_id, reason, confirmed_at=now(), **values)
    await withdraw(notices.hold_cause(booking))
    await settle(booking)
    await tell_booked(session, booking)


async def tell_booked(session: Session, booking: Booking) -> None:
    """A seat is somebody's for good."""
    await notices.booked(session, booking)
    after_commit(BOOKINGS.inc)
