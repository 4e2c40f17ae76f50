"""A learner books a seat: a free one is theirs at once, a priced one is held until it is paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.accounts import service as accounts
from server.booking.holding import holding
from server.booking.models import Booking, Session
from server.booking.paying import taking_payments
from server.booking.rescheduling.open import being_moved
from server.booking.seats.confirming import confirm, tell_booked
from server.booking.seats.releasing import RAN_OUT, release
from server.booking.seats.taking import take_seat
from server.booking.states import ACTIVE_BOOKINGS, OPEN_SESSIONS, BookingStatus, wrong_state
from server.booking.times import bookable_until
from server.booking.visibility import NO_SESSION, locked_session
from server.booking.waiting.offers import all_promised, offered_to, settle
from server.edge.access import Viewer
from server.infra.clock import now
from server.infra.db import transactional
from server.infra.errors import Conflict, Forbidden, NotFound
from server.people import service as people
from server.people.privacy import blocked_between

MOVING = "Another time is proposed for this session. It can be booked when that is settled."
SOLD_OUT = "All seats of this session are taken."


@dataclass(frozen=True, slots=True)
class Booked:
    """The public id of a booking; `created` is False where the learner had this seat already."""

    booking_id: UUID
    created: bool


@transactional
async def book_session(session_id: UUID, viewer: Viewer) -> Booked:
    """Take a seat, or take up the one that was offered to this learner.

    The session is locked first, so that of two posts by one learner the second finds the first's
    booking, and not a session that just sold out.

    Raises NotFound, Forbidden(unverified), Conflict (own_session, wrong_state, sold_out, overlap)."""
    session = await locked_session(session_id, viewer)
    if session.mentor_id == viewer.user_id:
        raise Conflict("own_session", "This is your own session.")
    mine = await active_booking(session_id, viewer.user_id)
    if mine is not None and not _is_over(mine):
        return await _again(mine, viewer)
    if mine is not None:  # its end is late
        await release(session, mine, BookingStatus.EXPIRED, None, RAN_OUT)
    await _check_may_book(session, viewer)
    hold_until = now() + holding().hold if session.price_minor else None
    booking = await take_seat(session, viewer.user_id, hold_until=hold_until)
    await settle(booking)
    if booking.status == BookingStatus.CONFIRMED:
        await tell_booked(session, booking)
    return Booked(booking.public_id, created=True)


def _is_over(booking: Booking) -> bool:
    ends_at = booking.hold_expires_at
    return booking.status == BookingStatus.HELD and ends_at is not None and now() >= ends_at


async def _again(mine: Booking, viewer: Viewer) -> Booked:
    """They have this seat. One that was offered to them and costs nothing is thereby taken."""
    if mine.status == BookingStatus.HELD and not mine.price_minor and await offered_to(mine):
        await confirm(mine.id, viewer.user_id)
    return Booked(mine.public_id, created=False)


async def _check_may_book(session: Session, viewer: Viewer) -> None:
    """Raises NotFound, Forbidden(unverified), Conflict (wrong_state, sold_out)."""
    if await blocked_between(viewer.user_id, session.mentor_id):
        raise NotFound(message=NO_SESSION)
    check_bookable(session, now())
    if session.price_minor:
        _check_may_pay(viewer)
    await require_active_mentor(session)
    if await being_moved(session.id):
        raise Conflict("wrong_state", MOVING)
    if await all_promised(session, viewer.user_id):
        raise Conflict("sold_out", SOLD_OUT)


def _check_may_pay(viewer: Viewer) -> None:
    """Raises Forbidden(unverified), Conflict(wrong_state)."""
    if not taking_payments():
        raise Conflict("wrong_state", "Paid seats can't be booked at the moment.")
    if not viewer.verified:
        raise Forbidden("unverified", "Confirm your e-mail address before you pay.")


def check_bookable(session: Session, at: datetime) -> None:
    """Raises Conflict(wrong_state)."""
    if session.status not in OPEN_SESSIONS:
        raise wrong_state(session.status)
    if at >= bookable_until(session.starts_at):
        raise Conflict("wrong_state", "This session began more than ten minutes ago.")


async def require_active_mentor(session: Session) -> None:
    """Nobody books somebody who was suspended, may not teach or is leaving.

    Raises Conflict(wrong_state)."""
    mentor = session.mentor_id
    if not (await accounts.active_among([mentor]) and await people.mentor_approved(mentor)):
        raise Conflict("wrong_state", "This mentor can't be booked at the moment.")


async def active_booking(session_id: UUID, learner_id: int) -> Booking | None:
    return await Booking.get_or_none(
        session_id=session_id, learner_id=learner_id, status__in=ACTIVE_BOOKINGS
    )
