"""What the platform has done so far, in numbers that are counted and not invented."""

from __future__ import annotations

from server.booking.models import Session
from server.booking.states import OPEN_SESSIONS, SessionStatus
from server.booking.values import Figures
from server.infra.db import dialect, fetch

SECONDS_PER_HOUR = 3600
DURATIONS = {
    "sqlite": "strftime('%s', ends_at) - strftime('%s', starts_at)",
    "postgres": "EXTRACT(EPOCH FROM ends_at - starts_at)",
}


async def figures() -> Figures:
    """Two queries."""
    sessions = await Session.filter(status__in=[*OPEN_SESSIONS, SessionStatus.ENDED]).count()
    rows = await fetch(
        f"SELECT COALESCE(SUM({DURATIONS[dialect()]}), 0) AS seconds FROM session WHERE status = ?",
        [SessionStatus.ENDED.value],
    )
    return Figures(sessions=sessions, hours=round(float(rows[0]["seconds"]) / SECONDS_PER_HOUR))
