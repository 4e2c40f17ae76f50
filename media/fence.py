"""Which server process may command a room: the one whose number is the highest heard of.

A home that was cut off and replaced without knowing it is refused (a fencing token). PURE.
"""

from __future__ import annotations

from collections import OrderedDict

KEPT = 10_000  # rooms; a room's number is kept when the room is gone, against orders that come late


class Fence:
    """The highest number of each room, of the rooms heard of last."""

    def __init__(self, kept: int = KEPT) -> None:
        self._homes: OrderedDict[str, int] = OrderedDict()
        self._kept = kept

    def home(self, room: str) -> int:
        return self._homes.get(room, 0)

    def admits(self, room: str, home: int) -> bool:
        """Whether `home` may command the room; if so, lower numbers may not from now on."""
        if home < self.home(room):
            return False
        self._homes[room] = home
        self._homes.move_to_end(room)
        while len(self._homes) > self._kept:
            self._homes.popitem(last=False)
        return True
