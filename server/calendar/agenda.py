"""Somebody's lessons in a stretch of time, those they teach and those they have a seat in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from server.booking.cards import session_path
from server.booking.models import Booking, Session
from server.booking.states import BookingStatus, SessionStatus
from server.calendar.events import WITHOUT_SEAT
from server.people.privacy import columns, shown

COLUMNS = ("id", "title", "mentor_id", "starts_at", "ends_at", "status", "seats_taken", "capacity")
MOST = 500  # lessons of one page
HIDDEN = (SessionStatus.CANCELLED, SessionStatus.MISSED)


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson of somebody's, as their calendar shows it. `mentor` is empty where they teach it;
    `held`: the seat is only kept for them."""

    id: UUID
    title: str
    url: str
    starts_at: datetime
    ends_at: datetime
    status: str
    mentor: str
    seats_taken: int
    capacity: int
    held: bool = False

    @property
    def teaching(self) -> bool:
        return not self.mentor


async def lessons_between(user_id: int, since: datetime, until: datetime) -> list[Lesson]:
    """What touches [since, until), in order of time: two queries. Drafts and what was called off are left
    out; their lists have them."""
    here = Q(session__starts_at__lt=until, session__ends_at__gt=since)
    seats = Booking.filter(here, learner_id=user_id).exclude(status__in=WITHOUT_SEAT)
    held = {
        UUID(str(session_id)): status == BookingStatus.HELD
        for session_id, status in await seats.values_list("session_id", "status")
    }
    mine = Q(mentor_id=user_id) & ~Q(status=SessionStatus.DRAFT)
    wanted = Q(mine, Q(id__in=list(held)), join_type=Q.OR) if held else mine
    sessions = Session.filter(wanted, starts_at__lt=until, ends_at__gt=since).exclude(status__in=HIDDEN)
    rows = await sessions.order_by("starts_at", "id").limit(MOST).values(*COLUMNS, *columns("mentor__"))
    return [_lesson(row, user_id, held.get(row["id"], False)) for row in rows]


def _lesson(row: Mapping[str, Any], user_id: int, held: bool) -> Lesson:
    return Lesson(
        id=row["id"],
        title=row["title"],
        url=session_path(row["id"]),
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        status=row["status"],
        mentor="" if row["mentor_id"] == user_id else shown(row, user_id, "mentor__").name,
        seats_taken=row["seats_taken"],
        capacity=row["capacity"],
        held=held,
    )
