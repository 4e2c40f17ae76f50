"""It is settled who was in a lesson that is over: its seats say so."""

from __future__ import annotations

from typing import Any

from server.booking import announcing
from server.booking.models import Booking, Session
from server.booking.moves import move
from server.booking.states import BookingStatus
from server.booking.visibility import session_to_change
from server.infra.clock import now
from server.infra.db import transactional


@transactional
async def locked_seat(booking_id: int) -> tuple[Session, Booking]:
    """A seat and its session, which the caller's transaction holds from here on."""
    known = await Booking.get(id=booking_id)
    session = await session_to_change(known.session_id)
    await known.refresh_from_db()
    return session, known


@transactional
async def settle_seat(booking: Booking, to: BookingStatus, refund_minor: int, reason: str) -> None:
    """Say what became of a confirmed seat, and promise what is to be given back of its price; in the
    caller's transaction, which holds the session. Raises Conflict(wrong_state)."""
    lost = to == BookingStatus.NO_SHOW_MENTOR
    values: dict[str, Any] = {"cancelled_at": now()} if lost else {}
    if refund_minor or lost:
        values["refund_minor"] = refund_minor
    await move(booking, to, None, reason, **values)
    if refund_minor:
        await announcing.promised(booking)
