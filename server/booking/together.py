"""Who has lessons with whom: the people of one session, and whether two have one together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery

from server.booking.cards import session_path
from server.booking.models import Booking, Session
from server.booking.states import CANCELLED_BOOKINGS, BookingStatus, SessionStatus

# Seats that nobody has, or nobody has for sure.
NOT_SEATED = (BookingStatus.HELD, BookingStatus.EXPIRED, *CANCELLED_BOOKINGS)


@dataclass(frozen=True, slots=True)
class SessionPeople:
    """A session's mentor and the learners who have or had a seat in it."""

    session_id: UUID
    title: str
    mentor_id: int
    learner_ids: frozenset[int]

    @property
    def path(self) -> str:
        return session_path(self.session_id)

    @property
    def ids(self) -> frozenset[int]:
        return self.learner_ids | {self.mentor_id}


async def people_of_session(session_id: UUID) -> SessionPeople | None:
    """None where there is no such session."""
    session = await Session.get_or_none(id=session_id)
    if session is None:
        return None
    seated = Booking.filter(session_id=session_id).exclude(status__in=NOT_SEATED)
    learners = frozenset(booking.learner_id for booking in await seated.only("id", "learner_id"))
    return SessionPeople(session_id, session.title, session.mentor_id, learners)


def sessions_of(user_id: int, session: str) -> Q:
    """The condition that a row's session (`conversation__session`) is one that this person teaches or has
    a seat in."""
    seats = Booking.filter(learner_id=user_id).exclude(status__in=NOT_SEATED).values("session_id")
    taught = Session.filter(mentor_id=user_id).exclude(status=SessionStatus.DRAFT).values("id")
    ways: list[dict[str, Any]] = [
        {f"{session}_id__in": Subquery(seats)},
        {f"{session}_id__in": Subquery(taught)},
    ]
    return Q(*(Q(**way) for way in ways), join_type="OR")


async def have_lesson_together(first_id: int, second_id: int) -> bool:
    """Whether one has or had a seat in a session of the other."""
    teaching = Q(learner_id=first_id, session__mentor_id=second_id) | Q(
        learner_id=second_id, session__mentor_id=first_id
    )
    return await Booking.filter(teaching).exclude(status__in=NOT_SEATED).exists()
