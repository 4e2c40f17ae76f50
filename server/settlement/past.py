"""Verdicts of lessons from before this platform knew of them: demo data. They move no money."""

from __future__ import annotations

from uuid import UUID

from server.booking.models import Booking, Session
from server.booking.states import BookingStatus
from server.infra.db import transactional
from server.settlement import evidence
from server.settlement.models import Verdict
from server.settlement.rule import Seat, judge
from server.settlement.settling import write_verdict


@transactional
async def record_past_verdicts(session_id: UUID) -> None:
    """By the presence that was written down with them."""
    session = await Session.get(id=session_id)
    found = await evidence.measured(session)
    known = await Verdict.filter(session_id=session_id).values_list("booking_id", flat=True)
    seats = Booking.filter(session_id=session_id, status=BookingStatus.ATTENDED).exclude(id__in=known)
    for booking in await seats.order_by("id"):
        seat = Seat(
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            mentor=found.of(session.mentor_id),
            learner=found.of(booking.learner_id),
        )
        await write_verdict(session, booking, judge(seat), found)
