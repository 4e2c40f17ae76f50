"""A seat that was paid too late: its hold is over, but if nobody took it, it is its learner's."""

from __future__ import annotations

from typing import Any

from server.accounts import service as accounts
from server.booking import busy
from server.booking.models import Booking, Session
from server.booking.rescheduling.open import being_moved
from server.booking.seats.bookings import active_booking
from server.booking.seats.confirming import make_theirs
from server.booking.seats.taking import count_seat
from server.booking.states import OPEN_SESSIONS, SEATED, BookingStatus
from server.booking.times import bookable_until
from server.booking.visibility import session_to_change
from server.booking.waiting.offers import all_promised
from server.infra.clock import now
from server.infra.db import transactional
from server.people.privacy import blocked_between

PAID_LATE = "paid after the time to take it"


@transactional
async def retake(booking_id: int, actor_id: int | None) -> bool:
    """Confirm a booking that is paid: held still, or expired and its seat is free. True if its learner
    has the seat now. In the caller's transaction if there is one; nothing fails in it."""
    booking = await Booking.get(id=booking_id)
    session = await session_to_change(booking.session_id)
    await booking.refresh_from_db()
    if booking.status == BookingStatus.HELD and session.status in OPEN_SESSIONS:
        await make_theirs(session, booking, actor_id)
    elif booking.status == BookingStatus.EXPIRED and await _is_free(session, booking):
        await _take_again(session, booking, actor_id)
    return booking.status in SEATED


async def _is_free(session: Session, booking: Booking) -> bool:
    """For this learner: what is asked of who books, and their time, which is taken with it."""
    learner, mentor = booking.learner_id, session.mentor_id
    return (
        session.status in OPEN_SESSIONS
        and now() < bookable_until(session.starts_at)
        and session.seats_taken < session.capacity
        and await active_booking(session.id, learner) is None
        and not await blocked_between(learner, mentor)
        and await accounts.active_among([learner, mentor]) == {learner, mentor}
        and not await being_moved(session.id)
        and not await all_promised(session, learner)
        and await busy.try_learner_time(session, learner, booking.id)
    )


async def _take_again(session: Session, booking: Booking, actor_id: int | None) -> None:
    await count_seat(session)
    lost: dict[str, Any] = {"cancelled_at": None, "refund_minor": None}
    await make_theirs(session, booking, actor_id, PAID_LATE, **lost)
