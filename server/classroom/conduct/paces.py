"""How often one person may do something that everybody hears. Pure: times are instants of one clock."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Pace:
    """At most `count` times within `period`."""

    count: int
    period: timedelta


REACTIONS = Pace(5, timedelta(seconds=5))
LOST = Pace(1, timedelta(seconds=30))
MOMENTS = Pace(10, timedelta(minutes=1))
TYPING = Pace(1, timedelta(seconds=2))
ASKS = Pace(1, timedelta(seconds=10))
REMOVALS = Pace(30, timedelta(minutes=1))


class Paces:
    """What each participant did lately."""

    def __init__(self) -> None:
        self._done: dict[tuple[str, Pace], deque[datetime]] = {}

    def take(self, participant: str, pace: Pace, now: datetime) -> bool:
        """Count one more, unless it is one too many."""
        done = self._done.setdefault((participant, pace), deque(maxlen=pace.count))
        if len(done) == pace.count and now - done[0] < pace.period:
            return False
        done.append(now)
        return True

    def forget(self, participant: str, now: datetime) -> None:
        """They left. What still counts is kept for when they are back."""
        for key in [key for key in self._done if key[0] == participant]:
            if now - self._done[key][-1] >= key[1].period:
                del self._done[key]
