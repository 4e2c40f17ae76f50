"""What became of sessions: when one was really held, and whose seats in it were valid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.booking.models import Booking, Session, SessionSkill
from server.booking.states import SEATED, SessionStatus

VALID = SEATED  # a seat that was neither given back nor taken away


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLesson:
    """A session that was held and is over. `planned_end` is what was announced, `ended_at` when it was
    closed; `skills` are names, `learner_ids` of those with a valid seat."""

    id: UUID
    title: str
    mentor_id: int
    started_at: datetime
    planned_end: datetime
    ended_at: datetime
    skills: tuple[str, ...]
    learner_ids: frozenset[int]


async def held_lesson(session_id: UUID) -> HeldLesson | None:
    """None where it did not take place, or is not over: three queries."""
    session = await Session.get_or_none(id=session_id, status=SessionStatus.ENDED)
    if session is None or session.started_at is None or session.ended_at is None:
        return None
    skills = SessionSkill.filter(session_id=session_id).order_by("skill__name")
    seats = Booking.filter(session_id=session_id, status__in=VALID)
    return HeldLesson(
        id=session.id,
        title=session.title,
        mentor_id=session.mentor_id,
        started_at=session.started_at,
        planned_end=session.ends_at,
        ended_at=session.ended_at,
        skills=tuple(str(name) for name in await skills.values_list("skill__name", flat=True)),
        learner_ids=frozenset({seat.learner_id for seat in await seats}),
    )


async def held_with_seat(learner_id: int) -> list[UUID]:
    """The sessions that were held and in which this learner had a valid seat, the first one first."""
    seats = Booking.filter(
        learner_id=learner_id, status__in=VALID, session__status=SessionStatus.ENDED
    ).order_by("session__started_at", "session_id")
    return [seat.session_id for seat in await seats]


async def whose_seat(booking_id: UUID) -> tuple[UUID, int] | None:
    """The session and the learner of a booking, by its public id."""
    seat = await Booking.get_or_none(public_id=booking_id)
    return (seat.session_id, seat.learner_id) if seat else None
