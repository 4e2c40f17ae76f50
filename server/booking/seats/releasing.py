"""The one way in which a seat comes back, whoever gives it back or takes it away."""

from __future__ import annotations

from tortoise.expressions import F

from server.booking import announcing, busy, notices
from server.booking.models import Booking, Session
from server.booking.moves import move
from server.booking.requests.emptying import call_off_if_empty
from server.booking.states import BookingStatus
from server.booking.waiting.offers import next_come, offer_next, settle
from server.infra.clock import now
from server.infra.outbox import enqueue
from server.notifications.service import withdraw

RAN_OUT = "the time to take it ran out"


async def release(
    session: Session,
    booking: Booking,
    to: BookingStatus,
    actor_id: int | None,
    reason: str = "",
    *,
    refund_minor: int | None = None,
) -> None:
    """Move an active booking to a state that has no seat, and offer the seat to who waits for it.

    In the caller's transaction, which has locked the session (`session_to_change`) and read the booking
    after that. `refund_minor` is what is promised to be given back. The mentor is told of a confirmed
    seat that its learner gives back; what else is to be said is the caller's.

    Raises Conflict(wrong_state)."""
    was, was_full = booking.status, session.seats_taken >= session.capacity
    await move(booking, to, actor_id, reason, cancelled_at=now(), refund_minor=refund_minor)
    await _count_back(session)
    await busy.release_booking_time([booking.id])
    await withdraw(notices.hold_cause(booking))
    await settle(booking)
    await announcing.given_back(session, booking)
    if was == BookingStatus.CONFIRMED:
        about = {"session_id": str(session.id), "user_id": booking.learner_id}
        await enqueue("classroom.seat_lost", about)
    if was == BookingStatus.CONFIRMED and to == BookingStatus.CANCELLED_BY_LEARNER:
        await notices.given_back(session, booking)
    if not await offer_next(session) and was_full:
        await notices.seat_free(session, booking, await next_come(session))
    await call_off_if_empty(session)


async def _count_back(session: Session) -> None:
    given = await Session.filter(id=session.id, seats_taken__gt=0).update(
        seats_taken=F("seats_taken") - 1
    )
    session.seats_taken -= given
