"""Who said lately that they can't follow. Pure: times are instants of one clock."""

from __future__ import annotations

from datetime import datetime, timedelta

LATELY = timedelta(minutes=2)


class LostOnes:
    """Each person counts once; `at` is when somebody said so last."""

    def __init__(self) -> None:
        self._said: dict[str, datetime] = {}

    @property
    def at(self) -> datetime | None:
        return max(self._said.values(), default=None)

    def say(self, participant: str, now: datetime) -> None:
        self._said[participant] = now

    def count(self, now: datetime) -> int:
        """How many in the last two minutes."""
        return sum(1 for at in self._said.values() if now - at < LATELY)
