"""Sessions and bookings of a person, for them to take along. What took place stays: others were there."""

from __future__ import annotations

from typing import Any

from server.booking.models import Booking, BusyCell, Offering, Series, Session, SessionDraft
from server.booking.requests.ending import end_all_of
from server.booking.requests.models import SessionRequest
from server.booking.rescheduling.models import RescheduleProposal
from server.booking.states import SessionStatus
from server.booking.waiting.models import WaitlistEntry
from server.infra.personal import Rows, erased, exported

ROWS = (
    Rows(SessionDraft, "mentor_id", "session_drafts"),
    Rows(Offering, "mentor_id", "offerings", stay="sessions are dates of them"),
    Rows(Series, "mentor_id", "series", stay="sessions are dates of them"),
    Rows(Session, "mentor_id", "sessions", stay="learners look up what they were taught"),
    Rows(Booking, "learner_id", "bookings", stay="mentors and accounts need to know who had a seat"),
    Rows(SessionRequest, "learner_id", "requests", stay="the mentor was asked, and answered"),
    Rows(SessionRequest, "mentor_id", "requests_received", stay="the learner asked, and was answered"),
    Rows(
        RescheduleProposal, "proposer_id", "moves_proposed", stay="they are how sessions got their times"
    ),
    Rows(WaitlistEntry, "learner_id", "waiting_lists"),
    Rows(BusyCell, "user_id", why="follows from the sessions and bookings"),
)


async def export(user_id: int) -> dict[str, Any]:
    return await exported(ROWS, user_id)


async def erase(user_id: int) -> None:
    """Drafts nobody has seen go, and what waits for an answer is over."""
    await end_all_of(user_id)
    await Session.filter(mentor_id=user_id, status=SessionStatus.DRAFT).delete()
    await erased(ROWS, user_id)
