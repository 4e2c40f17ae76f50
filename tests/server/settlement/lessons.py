"""Paid lessons that are over, with who was there when: for the tests of what becomes of their money."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from server.booking import service as booking
from server.booking.models import Session
from server.classroom.measures.legs import Leg
from server.classroom.measures.models import QualityMinute
from server.classroom.models import AttendanceInterval, Seat
from server.edge.access import Viewer
from server.payments.release.rule import ISSUES
from tests.server.payments.stories import Seat as PaidSeat

ALL = (0, 60)
Minutes = tuple[float, float]


async def was_there(session_id: UUID, who: Viewer, *minutes: Minutes, media: bool = True) -> None:
    """In the room, and with media, from so many minutes after the start on."""
    session = await Session.get(id=session_id)
    for begin, end in minutes:
        for kind in ("socket", "media") if media else ("socket",):
            await AttendanceInterval.create(
                session_id=session_id,
                user_id=who.user_id,
                kind=kind,
                started_at=session.starts_at + timedelta(minutes=begin),
                ended_at=session.starts_at + timedelta(minutes=end),
            )


async def failed(session_id: UUID, who: Viewer, cause: str, minutes: range) -> None:
    """In these minutes the "node" failed them, or their own way "up" was bad."""
    session = await Session.get(id=session_id)
    role = "mentor" if session.mentor_id == who.user_id else "learner"
    named = {"name": who.name, "role": role, "created_at": session.starts_at}
    seat, _ = await Seat.get_or_create(named, session_id=session_id, user_id=who.user_id)
    for minute in minutes:
        leg = Leg(parts=[f"{seat.id}-{minute}"], span_ms=60_000, faults={cause: 30_000})
        await QualityMinute.create(
            session_id=session_id,
            seat_id=seat.id,
            at=session.starts_at + timedelta(minutes=minute),
            leg=leg.model_dump(mode="json"),
        )


async def hold(seat: PaidSeat, mentor: Minutes | None = ALL, learner: Minutes | None = ALL) -> None:
    """The lesson takes place, and is over: nobody has settled it yet."""
    await seat.begin()
    for who, minutes in ((seat.mentor, mentor), (seat.learner, learner)):
        if minutes is not None:
            await was_there(seat.session_id, who, minutes)
    await end(seat)


async def end(seat: PaidSeat) -> None:
    seat.clock.set((await Session.get(id=seat.session_id)).ends_at)
    await booking.end_session(seat.session_id, seat.mentor)


async def window_over(seat: PaidSeat) -> datetime:
    """Nobody may object any more."""
    session = await Session.get(id=seat.session_id)
    seat.clock.set(session.ends_at + ISSUES)
    return seat.clock.now()
