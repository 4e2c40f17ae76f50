"""How quickly one person may use what a lesson is taught with: each message of it is a row. Pure."""

from __future__ import annotations

PER_S = 8.0  # a quick hand draws three strokes a second
BURST = 60.0  # what a page says again after a lost connection


class Pace:
    """A token bucket; `now` is in seconds of any monotonic clock."""

    def __init__(self, now: float) -> None:
        self._tokens = BURST
        self._at = now

    def allows(self, now: float) -> bool:
        self._tokens = min(BURST, self._tokens + (now - self._at) * PER_S)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
