"""How joining went at one media node lately. Pure: times are seconds of one clock.

An offer that is not followed by a connection for a while is a failed join. One person's network may be
to blame, so it takes several people, and nobody who succeeded.
"""

from __future__ import annotations

from collections import deque

PATIENCE_S = 10.0  # ICE and DTLS take a second or two where they work
REMEMBERED_S = 60.0
MANY = 3  # failed joins, or as much as one death of the node counts

Seat = tuple[str, str]  # room, participant


class Joins:
    """What was tried, and what came of it."""

    def __init__(self) -> None:
        self._waiting: dict[Seat, float] = {}
        self._connected: set[Seat] = set()
        self._failed: deque[float] = deque()

    def offered(self, seat: Seat, now: float) -> None:
        if seat not in self._connected:
            self._waiting.setdefault(seat, now)

    def connected(self, seat: Seat) -> None:
        """It works: what failed before is forgiven."""
        self._waiting.pop(seat, None)
        self._connected.add(seat)
        self._failed.clear()

    def gone(self, seat: Seat) -> None:
        """They left or lost their media: nothing is expected of the node any more."""
        self._waiting.pop(seat, None)
        self._connected.discard(seat)

    def closed(self, room: str) -> None:
        """The room is over, or is not ours any more."""
        for seat in [seat for seat in (*self._waiting, *self._connected) if seat[0] == room]:
            self.gone(seat)

    def died(self, now: float) -> None:
        """The node itself was lost."""
        self._waiting.clear()
        self._connected.clear()
        self._failed.extend([now] * MANY)

    def failing(self, now: float) -> bool:
        """Whether to pass the node over, if there is another."""
        for seat in [seat for seat, since in self._waiting.items() if now - since > PATIENCE_S]:
            del self._waiting[seat]
            self._failed.append(now)
        while self._failed and now - self._failed[0] > REMEMBERED_S:
            self._failed.popleft()
        return len(self._failed) >= MANY
