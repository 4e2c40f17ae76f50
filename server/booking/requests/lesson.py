"""An accepted request becomes a lesson for one: made, published and booked in one transaction."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from server.accounts import service as accounts
from server.booking import clashes
from server.booking.forms import SessionForm
from server.booking.lifecycle import publish_session
from server.booking.models import Booking, Session
from server.booking.paying import taking_payments
from server.booking.requests.models import SessionRequest
from server.booking.requests.states import hold_ends_at
from server.booking.seats.taking import take_seat
from server.booking.sessions import create_session
from server.booking.visibility import session_to_change
from server.edge.access import Viewer
from server.infra.clock import now
from server.infra.db import after_commit
from server.infra.errors import Conflict, NotFound
from server.infra.metrics import BOOKINGS
from server.people import service as people

NO_MENTOR = "This mentor can’t be booked at the moment."
NO_LEARNER = "This learner can’t be booked with at the moment."
LEARNER_BUSY = "The learner has another lesson at that time by now. You can propose another time."
MENTOR_BUSY = "Your mentor has another lesson at that time by now. Ask for another one."
NO_PAYMENTS = "Paid lessons can’t be booked at the moment. You can give this one free of charge."


async def make_lesson(
    request: SessionRequest, starts_at: datetime, actor_id: int, price_minor: int
) -> tuple[Session, Booking]:
    """The session and the learner's seat in it, in the caller's transaction: held where it is priced.

    `actor_id` is the one of the two who accepts, and to whom a refusal is said.

    Raises Conflict (wrong_state, overlap, learner_busy, payments_closed), Forbidden."""
    mentor = await _mentor_of(request, actor_id)
    if price_minor and not taking_payments():
        raise Conflict("payments_closed", NO_PAYMENTS)
    await clashes.lock_people(request.mentor_id, request.learner_id)
    session_id = await create_session(
        mentor, _form(request, mentor, starts_at, price_minor), listed=False
    )
    await _publish(session_id, mentor, actor_id)
    session = await session_to_change(session_id)
    return session, await _seat(session, request.learner_id, actor_id)


async def _mentor_of(request: SessionRequest, actor_id: int) -> Viewer:
    """Raises Conflict(wrong_state)."""
    if not await accounts.active_among([request.learner_id]):
        raise Conflict("wrong_state", NO_LEARNER)
    try:
        mentor = await accounts.get_viewer(request.mentor_id)
    except NotFound as error:
        raise Conflict("wrong_state", NO_MENTOR) from error
    if actor_id != mentor.user_id and not await people.mentor_approved(mentor.user_id):
        raise Conflict("wrong_state", NO_MENTOR)
    return mentor


def _form(request: SessionRequest, mentor: Viewer, starts_at: datetime, price_minor: int) -> SessionForm:
    return SessionForm(
        title=request.topic,
        objectives=[request.topic],
        starts_at=starts_at.isoformat(),
        duration_minutes=request.duration_minutes,
        capacity=1,
        price_minor=price_minor,
        currency=request.currency,
        timezone=mentor.timezone,
    )


async def _publish(session_id: UUID, mentor: Viewer, actor_id: int) -> None:
    """The mentor's time is refused to the learner in other words."""
    try:
        await publish_session(session_id, mentor)
    except Conflict as refused:
        if refused.code == "overlap" and actor_id != mentor.user_id:
            raise Conflict("overlap", MENTOR_BUSY) from refused
        raise


async def _seat(session: Session, learner_id: int, actor_id: int) -> Booking:
    hold_until = hold_ends_at(now(), session.starts_at) if session.price_minor else None
    try:
        booking = await take_seat(session, learner_id, hold_until=hold_until, actor_id=actor_id)
    except Conflict as refused:
        if refused.code == "overlap" and actor_id != learner_id:
            raise Conflict("learner_busy", LEARNER_BUSY) from refused
        raise
    if hold_until is None:
        after_commit(BOOKINGS.inc)
    return booking
