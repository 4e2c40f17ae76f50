"""A learner gives a seat back, and sees before what they get for it."""

from __future__ import annotations

from uuid import UUID

from server.booking.models import Booking, Session
from server.booking.policy import Refund, counted_from, full_refund, read_policy, refund
from server.booking.seats.bookings import active_booking
from server.booking.seats.releasing import release
from server.booking.states import BookingStatus, SessionStatus, wrong_state
from server.booking.visibility import session_to_change
from server.edge.access import Viewer
from server.infra.clock import now
from server.infra.db import transactional
from server.infra.errors import Conflict, NotFound


async def cancellation(booking_id: UUID, viewer: Viewer) -> Refund:
    """What its learner would get back now. Raises NotFound, Conflict(wrong_state)."""
    booking = await own_booking(booking_id, viewer)
    session = await Session.get(id=booking.session_id)
    return _refund_now(session, booking)


@transactional
async def cancel_booking(
    booking_id: UUID, viewer: Viewer, reason: str = "", *, percent: int | None = None
) -> None:
    """Give a seat back before the lesson begins. `percent` is what the learner was shown: they agree to
    that alone.

    Raises NotFound, Conflict (wrong_state, refund_changed)."""
    booking = await own_booking(booking_id, viewer)
    session = await session_to_change(booking.session_id)
    await booking.refresh_from_db()
    back = _refund_now(session, booking)
    if percent is not None and percent != back.percent:
        raise _changed(back)
    await release(
        session,
        booking,
        BookingStatus.CANCELLED_BY_LEARNER,
        viewer.user_id,
        reason,
        refund_minor=back.refund_minor,
    )


async def leave_session(
    session_id: UUID, viewer: Viewer, reason: str = "", *, percent: int | None = None
) -> None:
    """Give back the seat in this session. Raises as `cancel_booking`."""
    booking = await active_booking(session_id, viewer.user_id)
    if booking is None:
        raise NotFound(message="You have no seat in this session.")
    await cancel_booking(booking.public_id, viewer, reason, percent=percent)


async def own_booking(booking_id: UUID, viewer: Viewer) -> Booking:
    """Raises NotFound."""
    booking = await Booking.get_or_none(public_id=booking_id, learner_id=viewer.user_id)
    if booking is None:
        raise NotFound(message="There is no such booking.")
    return booking


def _refund_now(session: Session, booking: Booking) -> Refund:
    """Raises Conflict(wrong_state) where it can't be given back any more."""
    if session.status != SessionStatus.PUBLISHED:
        raise wrong_state(session.status)
    if booking.status == BookingStatus.HELD:  # nothing is paid yet, so nothing is kept
        return full_refund(0)
    if booking.status != BookingStatus.CONFIRMED:
        raise wrong_state(booking.status)
    start = counted_from(booking.policy, session.starts_at)
    return refund(read_policy(booking.policy), booking.price_minor, start, now())


def _changed(back: Refund) -> Conflict:
    return Conflict(
        "refund_changed",
        f"By now {back.percent} % of the price would be given back. Please look at it again.",
        fields={"percent": str(back.percent), "refund_minor": str(back.refund_minor)},
    )
