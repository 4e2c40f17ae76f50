"""What follows the end of a lesson: who was there is asked how it was, and told of its summary."""

from __future__ import annotations

from uuid import UUID

from server.booking.models import Booking, Session
from server.booking.outcome import VALID
from server.booking.states import SessionStatus
from server.classroom.service import attended_enough
from server.classroom.teaching import wrapup
from server.edge.access import Viewer
from server.feedback import telling
from server.feedback.models import Review
from server.infra.db import transactional


@transactional
async def lesson_over(session_id: UUID) -> None:
    """However often it is called, everybody hears of it once."""
    session = await Session.get_or_none(id=session_id, status=SessionStatus.ENDED)
    if session is None or session.ended_at is None:
        return
    there = await attended_enough(session_id)
    rated = {review.learner_id for review in await Review.filter(session_id=session_id)}
    for seat in await Booking.filter(session_id=session_id, status__in=VALID).order_by("id"):
        if seat.learner_id in there and seat.learner_id not in rated:
            await telling.ask_for_review(session, seat.id, seat.learner_id, session.ended_at)
    await tell_summary(session)


@transactional
async def write_wrap_up(session_id: UUID, viewer: Viewer, takeaways: str, homework: str) -> None:
    """The mentor's words after the lesson; those with a seat are told of the first.

    Raises NotFound, Forbidden, Invalid, Conflict (`wrong_state`)."""
    await wrapup.write(session_id, viewer, takeaways, homework)
    await tell_summary(await Session.get(id=session_id))


@transactional
async def tell_summary(session: Session) -> None:
    """Tell those with a seat that there is a wrap-up, as soon as there is one and the lesson is over."""
    words = await wrapup.read(session.id)
    if session.status == SessionStatus.ENDED and (words.takeaways or words.homework):
        seats = await Booking.filter(session_id=session.id, status__in=VALID).order_by("id")
        await telling.summary_written(session, [seat.learner_id for seat in seats])
