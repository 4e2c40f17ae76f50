"""Minutes of participants' media that no server has acknowledged yet. PURE."""

from __future__ import annotations

from collections.abc import Callable

from media.protocol.control import QualityMinute

MOST = 20_000  # minutes of participants that are kept for servers: 20 people, 16 hours


class UnkeptMinutes:
    """The oldest are given up when there are too many."""

    def __init__(self, wall_ms: Callable[[], int]) -> None:
        self._wall_ms = wall_ms
        self._minutes: dict[str, QualityMinute] = {}

    def add(self, minute: QualityMinute) -> None:
        self._minutes[minute.id] = minute
        if len(self._minutes) > MOST:
            del self._minutes[next(iter(self._minutes))]

    def forget(self, id: str) -> None:
        self._minutes.pop(id, None)

    def dated(self, minute: QualityMinute) -> QualityMinute:
        """As it is said now."""
        return minute.model_copy(update={"now_ms": self._wall_ms()})

    def waiting(self) -> list[QualityMinute]:
        return [self.dated(minute) for minute in self._minutes.values()]
