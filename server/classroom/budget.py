"""How many messages one socket may send: a token bucket. Pure."""

from __future__ import annotations

from enum import Enum, auto

MESSAGES_PER_S = 30.0  # a browser gathering candidates while it negotiates sends about ten
BURST = 150.0
PATIENCE = 100  # messages over the budget that are dropped before the socket is closed


class Verdict(Enum):
    """What to do with a message: take it, say no once, drop it in silence, or end the conversation."""

    TAKE = auto()
    WARN = auto()
    DROP = auto()
    CLOSE = auto()


class Budget:
    """Refilled by time, emptied by messages. `now` is in seconds of any monotonic clock."""

    def __init__(self, now: float) -> None:
        self._tokens = BURST
        self._at = now
        self._over = 0

    def spend(self, now: float) -> Verdict:
        """Account for one message."""
        self._tokens = min(BURST, self._tokens + (now - self._at) * MESSAGES_PER_S)
        self._at = now
        if self._tokens >= BURST / 2:
            self._over = 0  # calm again
        if self._tokens >= 1:
            self._tokens -= 1
            return Verdict.TAKE
        self._over += 1
        if self._over > PATIENCE:
            return Verdict.CLOSE
        return Verdict.WARN if self._over == 1 else Verdict.DROP
