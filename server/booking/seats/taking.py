"""A seat is taken: counted by the database, with the learner's time. Inside the caller's transaction."""

from __future__ import annotations

from datetime import datetime

from tortoise.expressions import F

from server.booking import busy
from server.booking.models import Booking, Session
from server.booking.notices import hold_cause
from server.booking.policy import policy_named
from server.booking.seat_news import seats_changed
from server.booking.states import OPEN_SESSIONS, BookingStatus
from server.infra.clock import now
from server.infra.errors import Conflict
from server.infra.outbox import enqueue
from server.infra.transitions import record_transition

HOLD_OVER = "booking.hold_over"


async def take_seat(
    session: Session,
    learner_id: int,
    *,
    hold_until: datetime | None = None,
    actor_id: int | None = None,
) -> Booking:
    """A confirmed booking, or one that is held until then. The session is locked by the caller.

    `actor_id` is who did it where it was not the learner. Raises Conflict (sold_out, overlap)."""
    await count_seat(session)
    booking = await write_booking(session, learner_id, hold_until)
    await busy.take_learner_time(session, learner_id, booking.id)
    await begin(booking, actor_id or learner_id)
    return booking


async def count_seat(session: Session) -> None:
    """The guard that counts: it holds whatever was read before. Raises Conflict(sold_out)."""
    taken = await Session.filter(
        id=session.id, status__in=OPEN_SESSIONS, seats_taken__lt=F("capacity")
    ).update(seats_taken=F("seats_taken") + 1)
    if not taken:
        raise Conflict("sold_out", "All seats of this session are taken.")
    session.seats_taken += 1
    seats_changed(session.id)


async def write_booking(session: Session, learner_id: int, hold_until: datetime | None) -> Booking:
    """The row alone, with the price and the policy as they are now."""
    at = now()
    return await Booking.create(
        session_id=session.id,
        learner_id=learner_id,
        status=BookingStatus.HELD if hold_until else BookingStatus.CONFIRMED,
        hold_expires_at=hold_until,
        price_minor=session.price_minor,
        currency=session.currency,
        policy=policy_named(session.policy).snapshot(),
        created_at=at,
        confirmed_at=None if hold_until else at,
    )


async def begin(booking: Booking, actor_id: int | None, reason: str = "") -> None:
    """Its history begins; a hold ends by itself."""
    await record_transition("booking", booking.id, "", booking.status, actor_id, reason)
    if booking.hold_expires_at is not None:
        over = {"booking_id": booking.id}
        await enqueue(HOLD_OVER, over, run_at=booking.hold_expires_at, cause=hold_cause(booking))
