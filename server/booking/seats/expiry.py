"""A hold ends at its time: by its own job, or by the sweep if that was lost."""

from __future__ import annotations

from server.booking.models import Booking
from server.booking.seats.releasing import RAN_OUT, release
from server.booking.states import BookingStatus
from server.booking.visibility import session_to_change
from server.infra.clock import now
from server.infra.db import transactional


@transactional
async def expire_hold(booking_id: int) -> bool:
    """Give the seat back if it is still held and its time is over. True if it was."""
    booking = await Booking.get_or_none(id=booking_id, status=BookingStatus.HELD)
    if booking is None:
        return False
    session = await session_to_change(booking.session_id)
    await booking.refresh_from_db()
    ends_at = booking.hold_expires_at
    if booking.status != BookingStatus.HELD or ends_at is None or now() < ends_at:
        return False
    await release(session, booking, BookingStatus.EXPIRED, None, RAN_OUT)
    return True


async def expire_overdue(limit: int = 500) -> int:
    """Every hold whose time is over; returns how many there were."""
    overdue = Booking.filter(status=BookingStatus.HELD, hold_expires_at__lte=now())
    ids = await overdue.order_by("hold_expires_at").limit(limit).values_list("id", flat=True)
    return sum([await expire_hold(int(str(booking_id))) for booking_id in ids])
