"""Who ends a lesson of their own hears of it by mail as well, since a mail takes the event out of their
calendar. The others are told by booking."""

from __future__ import annotations

from uuid import UUID

from server.booking.cards import session_path
from server.booking.models import Booking, Session
from server.booking.states import BookingStatus, SessionStatus
from server.calendar.events import takes_part, was_booked
from server.infra.db import transactional
from server.notifications.service import notify


@transactional
async def tell_learner(booking_id: int) -> None:
    """A learner gave back a seat that was theirs."""
    booking = await Booking.get(id=booking_id).prefetch_related("session")
    session = booking.session
    if booking.status != BookingStatus.CANCELLED_BY_LEARNER:
        return
    if not await takes_part(session.id, booking.learner_id):
        return
    await notify(
        booking.learner_id,
        "seat_given_back",
        {
            "title": session.title,
            "starts_at": session.starts_at,
            "ends_at": session.ends_at,
            "refund_minor": booking.refund_minor or 0,
            "price_minor": booking.price_minor,
            "currency": booking.currency,
        },
        path=session_path(session.id),
        dedupe_key=str(booking.public_id),
    )


@transactional
async def tell_mentor(session_id: UUID) -> None:
    """A mentor called off a session that was in their calendar: somebody had booked it."""
    session = await Session.get(id=session_id)
    if session.status != SessionStatus.CANCELLED or not await was_booked(session_id):
        return
    await notify(
        session.mentor_id,
        "session_called_off",
        {"title": session.title, "starts_at": session.starts_at, "ends_at": session.ends_at},
        path=session_path(session_id),
        dedupe_key=str(session_id),
    )
