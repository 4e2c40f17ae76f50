"""Limits on how often something may be tried: a moving window for each key, in this process's memory.

A try is counted before its outcome is known, so that a hundred parallel ones can't all slip in; what
turned out well is given back.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from server.infra import clock
from server.infra.errors import Throttled

MAX_KEYS = 100_000  # then windows that ended are swept out


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` tries within `period`; `name` keeps limits on the same subject apart."""

    name: str
    count: int
    period: timedelta


class Windows:
    """The tries of the last period, for each limit and subject."""

    def __init__(self) -> None:
        self._tries: dict[tuple[Limit, str], deque[datetime]] = {}

    def take(self, limit: Limit, subject: str) -> None:
        """Count one try.

        Raises Throttled, counting nothing, when there were too many."""
        tries = self._recent(limit, subject)
        if len(tries) >= limit.count:
            wait = tries[0] + limit.period - clock.now()
            raise Throttled(ceil(wait.total_seconds()))
        tries.append(clock.now())

    def give_back(self, limit: Limit, subject: str) -> None:
        """The newest try does not count after all."""
        tries = self._recent(limit, subject)
        if tries:
            tries.pop()

    def clear(self) -> None:
        self._tries.clear()

    def _recent(self, limit: Limit, subject: str) -> deque[datetime]:
        if len(self._tries) > MAX_KEYS:
            self._sweep()
        tries = self._tries.setdefault((limit, subject), deque(maxlen=limit.count))
        start = clock.now() - limit.period
        while tries and tries[0] <= start:
            tries.popleft()
        return tries

    def _sweep(self) -> None:
        now = clock.now()
        ended = [
            key for key, tries in self._tries.items() if not tries or tries[-1] <= now - key[0].period
        ]
        for key in ended:
            del self._tries[key]


WINDOWS = Windows()
