"""Seats: a learner takes one, or gives it back. The database counts them, not this code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tortoise.expressions import F

from server.accounts import service as accounts
from server.booking import busy, notices
from server.booking.models import Booking, Session
from server.booking.moves import move
from server.booking.states import (
    ACTIVE_BOOKINGS,
    OPEN_SESSIONS,
    BookingStatus,
    SessionStatus,
    wrong_state,
)
from server.booking.times import bookable_until
from server.booking.visibility import NO_SESSION, locked_session
from server.edge.access import Viewer
from server.infra.clock import now
from server.infra.db import after_commit, transactional
from server.infra.errors import Conflict, NotFound
from server.infra.metrics import BOOKINGS
from server.infra.transitions import record_transition
from server.people.privacy import blocked_between

# Kept on each booking: what was promised when the seat was taken.
POLICY = {"full_refund_hours": 24, "half_refund_hours": 12}


@dataclass(frozen=True, slots=True)
class Booked:
    """The public id of a booking; `created` is False where the learner had this seat already."""

    booking_id: UUID
    created: bool


@transactional
async def book_session(session_id: UUID, viewer: Viewer) -> Booked:
    """Take a seat of a free session.

    The session is locked first, so that of two posts by one learner the second finds the first's
    booking, and not a session that just sold out.

    Raises NotFound, Conflict (own_session, wrong_state, sold_out, overlap)."""
    session = await locked_session(session_id, viewer)
    if session.mentor_id == viewer.user_id:
        raise Conflict("own_session", "This is your own session.")
    mine = await active_booking(session_id, viewer.user_id)
    if mine is not None:
        return Booked(mine.public_id, created=False)
    if await blocked_between(viewer.user_id, session.mentor_id):
        raise NotFound(message=NO_SESSION)
    check_bookable(session, now())
    await _require_active_mentor(session)
    await _take_seat(session)
    booking = await _write_booking(session, viewer.user_id)
    await busy.take_learner_time(session, viewer.user_id, booking.id)
    await notices.booked(session, booking)
    after_commit(BOOKINGS.inc)
    return Booked(booking.public_id, created=True)


def check_bookable(session: Session, at: datetime) -> None:
    """Raises Conflict(wrong_state)."""
    if session.status not in OPEN_SESSIONS:
        raise wrong_state(session.status)
    if at >= bookable_until(session.starts_at):
        raise Conflict("wrong_state", "This session began more than ten minutes ago.")


async def _require_active_mentor(session: Session) -> None:
    """Nobody books somebody who was suspended or is leaving. Raises Conflict(wrong_state)."""
    if not await accounts.active_among([session.mentor_id]):
        raise Conflict("wrong_state", "This mentor can't be booked at the moment.")


async def active_booking(session_id: UUID, learner_id: int) -> Booking | None:
    return await Booking.get_or_none(
        session_id=session_id, learner_id=learner_id, status__in=ACTIVE_BOOKINGS
    )


async def _take_seat(session: Session) -> None:
    """The guard that counts: it holds whatever was read before. Raises Conflict(sold_out)."""
    taken = await Session.filter(
        id=session.id, status__in=OPEN_SESSIONS, seats_taken__lt=F("capacity")
    ).update(seats_taken=F("seats_taken") + 1)
    if not taken:
        raise Conflict("sold_out", "All seats of this session are taken.")


async def _give_seat_back(session_id: UUID) -> None:
    await Session.filter(id=session_id, seats_taken__gt=0).update(seats_taken=F("seats_taken") - 1)


async def _write_booking(session: Session, learner_id: int) -> Booking:
    booking = await Booking.create(
        session_id=session.id,
        learner_id=learner_id,
        status=BookingStatus.CONFIRMED,
        price_minor=session.price_minor,
        currency=session.currency,
        policy=POLICY,
        created_at=now(),
    )
    await record_transition("booking", booking.id, "", BookingStatus.CONFIRMED, learner_id)
    return booking


@transactional
async def cancel_booking(booking_id: UUID, viewer: Viewer, reason: str = "") -> None:
    """Give a seat back before the lesson begins. Raises NotFound, Conflict(wrong_state)."""
    booking = await own_booking(booking_id, viewer)
    session = await locked_session(booking.session_id, viewer)
    await booking.refresh_from_db()
    if session.status != SessionStatus.PUBLISHED:
        raise wrong_state(session.status)
    await move(booking, BookingStatus.CANCELLED_BY_LEARNER, viewer.user_id, reason)
    was_full = session.seats_taken >= session.capacity
    await _give_seat_back(session.id)
    await busy.release_booking_time([booking.id])
    await notices.given_back(session, booking)
    if was_full:
        await notices.seat_free(session, booking)


async def leave_session(session_id: UUID, viewer: Viewer, reason: str = "") -> None:
    """Give back the seat in this session. Raises NotFound, Conflict(wrong_state)."""
    booking = await active_booking(session_id, viewer.user_id)
    if booking is None:
        raise NotFound(message="You have no seat in this session.")
    await cancel_booking(booking.public_id, viewer, reason)


async def own_booking(booking_id: UUID, viewer: Viewer) -> Booking:
    """Raises NotFound."""
    booking = await Booking.get_or_none(public_id=booking_id, learner_id=viewer.user_id)
    if booking is None:
        raise NotFound(message="There is no such booking.")
    return booking
