"""What measured presence says of a mentor's lessons. Nothing is counted that was not measured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from tortoise.functions import Min

from server.booking.states import SessionStatus
from server.classroom.models import AttendanceInterval

ON_TIME = timedelta(minutes=2)  # after the start: what a browser takes, and a late clock


@dataclass(frozen=True, slots=True)
class PresenceRecord:
    """`learners` who came to lessons that were held, each counted once; in `measured` of them we know
    when the mentor came, and in `on_time` it was at the start."""

    learners: int
    measured: int
    on_time: int


async def presence_record(mentor_id: int) -> PresenceRecord:
    """Two queries."""
    held = AttendanceInterval.filter(session__mentor_id=mentor_id, session__status=SessionStatus.ENDED)
    learners = await held.exclude(user_id=mentor_id).group_by("user_id").values_list("user_id", flat=True)
    own = held.filter(user_id=mentor_id).annotate(came=Min("started_at"))
    came = await own.group_by("session_id", "session__starts_at").values("session__starts_at", "came")
    punctual = [row for row in came if row["came"] <= row["session__starts_at"] + ON_TIME]
    return PresenceRecord(len(set(learners)), len(came), len(punctual))
