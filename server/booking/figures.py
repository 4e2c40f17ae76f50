"""What the platform has done so far, in numbers that are counted and not invented."""

from __future__ import annotations

from dataclasses import dataclass

from server.booking.models import Session
from server.booking.states import OPEN_SESSIONS, SessionStatus
from server.booking.values import Figures
from server.infra.db import dialect, fetch

SECONDS_PER_HOUR = 3600
DURATIONS = {
    "sqlite": "strftime('%s', ends_at) - strftime('%s', starts_at)",
    "postgres": "EXTRACT(EPOCH FROM ends_at - starts_at)",
}


@dataclass(frozen=True, slots=True)
class TeachingRecord:
    """How many lessons of a mentor took place, how long they were, and to how many they never came."""

    held: int
    minutes: int
    missed: int

    @property
    def hours(self) -> float:
        """To half an hour."""
        return round(self.minutes / 30) / 2


async def figures() -> Figures:
    """Two queries."""
    sessions = await Session.filter(status__in=[*OPEN_SESSIONS, SessionStatus.ENDED]).count()
    rows = await fetch(
        f"SELECT COALESCE(SUM({DURATIONS[dialect()]}), 0) AS seconds FROM session WHERE status = ?",
        [SessionStatus.ENDED.value],
    )
    return Figures(sessions=sessions, hours=round(float(rows[0]["seconds"]) / SECONDS_PER_HOUR))


async def teaching_record(mentor_id: int) -> TeachingRecord:
    """One query."""
    rows = await fetch(
        f"SELECT status, COUNT(*) AS lessons, SUM({DURATIONS[dialect()]}) AS seconds FROM session"
        " WHERE mentor_id = ? AND status IN (?, ?) GROUP BY status",
        [mentor_id, SessionStatus.ENDED.value, SessionStatus.MISSED.value],
    )
    lessons = {row["status"]: int(row["lessons"]) for row in rows}
    seconds = {row["status"]: float(row["seconds"]) for row in rows}
    return TeachingRecord(
        held=lessons.get(SessionStatus.ENDED, 0),
        minutes=round(seconds.get(SessionStatus.ENDED, 0) / 60),
        missed=lessons.get(SessionStatus.MISSED, 0),
    )
