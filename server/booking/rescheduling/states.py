"""The states of a proposal of another time, and how long it waits. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from server.infra.errors import Conflict


class MoveStatus(StrEnum):
    OPEN = "open"
    APPLIED = "applied"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Answer(StrEnum):
    ACCEPTED = "accepted"
    DECLINED = "declined"


MOVES: Mapping[str, frozenset[str]] = {
    MoveStatus.OPEN: frozenset(MoveStatus) - {MoveStatus.OPEN},
}

USUAL_HOURS = 48
HOURS = (6, 12, 24, 48, 72)  # that the page offers
SETTLED_BEFORE = timedelta(hours=2)  # before the earlier of both starts everybody knows


def answer_until(now: datetime, hours: int, old_start: datetime, new_start: datetime) -> datetime:
    """When the answers are due. Raises Conflict(too_late) where there is no time to ask anybody."""
    until = min(now + timedelta(hours=hours), min(old_start, new_start) - SETTLED_BEFORE)
    if until <= now:
        raise Conflict(
            "too_late", "That is too soon to ask everybody: it takes two hours before the earlier start."
        )
    return until
