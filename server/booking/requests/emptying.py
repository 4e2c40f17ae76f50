"""A lesson made for one person, to which they do not come, is off: its mentor is free again."""

from __future__ import annotations

from server.booking import announcing, busy
from server.booking.models import Session
from server.booking.moves import move
from server.booking.requests.models import SessionRequest
from server.booking.rescheduling.settling import close_open
from server.booking.states import SessionStatus
from server.infra.outbox import enqueue

NOBODY_LEFT = "its learner gave the seat back"


async def call_off_if_empty(session: Session) -> None:
    """In the caller's transaction, which has locked the session and given the seat back."""
    if session.listed or session.seats_taken or session.status != SessionStatus.PUBLISHED:
        return
    if not await SessionRequest.filter(session_id=session.id).exists():
        return
    sequence = session.ics_sequence + 1
    await move(session, SessionStatus.CANCELLED, None, NOBODY_LEFT, ics_sequence=sequence)
    await announcing.called_off(session)
    await close_open(session, None, NOBODY_LEFT)
    await busy.release_session_time(session.id)
    await enqueue("classroom.session_ended", {"session_id": str(session.id)})
