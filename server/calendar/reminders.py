"""Reminders of a lesson, to its mentor and to everybody with a seat: 24 hours, one hour and ten minutes
before it begins.

Each time has one job, and who is reminded is read when it is due: whoever books later, leaves or is moved
needs no jobs of their own. The distances are elapsed time, whatever clocks do in between."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from server.booking.announcing import reminders_for, reminders_of
from server.booking.cards import session_path
from server.booking.models import Booking, Session
from server.booking.states import OPEN_SESSIONS, BookingStatus
from server.infra.clock import now
from server.infra.db import transactional
from server.infra.outbox import enqueue
from server.notifications.service import notify
from server.people.privacy import name_among_members

JOB = "calendar.remind"
# From the furthest to the nearest.
BEFORE = {
    "reminder_day": timedelta(hours=24),
    "reminder_hour": timedelta(hours=1),
    "reminder_soon": timedelta(minutes=10),
}


@transactional
async def schedule(session_id: UUID) -> None:
    """Have the reminders come that are still ahead, for the time at which the session begins now."""
    session = await Session.get_or_none(id=session_id, status__in=OPEN_SESSIONS)
    if session is None:
        return
    for kind, before in BEFORE.items():
        if session.starts_at - before >= now():
            await _expect(session, kind, session.starts_at - before)


async def _expect(session: Session, kind: str, run_at: datetime) -> None:
    begins = session.starts_at.isoformat()
    await enqueue(
        JOB,
        {"session_id": str(session.id), "kind": kind, "starts_at": begins},
        run_at=run_at,
        dedupe_key=f"{kind}:{session.id}:{begins}",
        cause=reminders_of(session.id),
    )


@transactional
async def remind(session_id: UUID, kind: str, starts_at: datetime) -> None:
    """Tell everybody, if the session begins at `starts_at` still and no nearer reminder is due: a worker
    that was away says it once."""
    # Locked, so that nobody is told of a time that is just being changed.
    session = await Session.filter(id=session_id).select_for_update(no_key=True).get_or_none()
    if session is None or session.status not in OPEN_SESSIONS or session.starts_at != starts_at:
        return
    if now() >= starts_at - _next_before(kind):
        return
    seats = await Booking.filter(session_id=session_id, status=BookingStatus.CONFIRMED)
    await _tell_mentor(session, kind, len(seats))
    mentor = await name_among_members(session.mentor_id)
    for seat in seats:
        await _tell(session, kind, seat.learner_id, reminders_for(seat.id), mentor=mentor)


def _next_before(kind: str) -> timedelta:
    """How long before the start the next one comes; none is told after the start."""
    nearer = [before for before in BEFORE.values() if before < BEFORE[kind]]
    return max(nearer, default=timedelta(0))


async def _tell_mentor(session: Session, kind: str, coming: int) -> None:
    await _tell(session, kind, session.mentor_id, reminders_of(session.id), coming=coming)


async def _tell(session: Session, kind: str, user_id: int, cause: str, **about: object) -> None:
    times = {"starts_at": session.starts_at, "ends_at": session.ends_at}
    page = session_path(session.id)
    await notify(
        user_id,
        kind,
        {"title": session.title, **times, **about},
        path=f"{page}/room" if kind == "reminder_soon" else page,
        dedupe_key=f"{session.id}:{session.starts_at.isoformat()}",
        cause=cause,
    )
