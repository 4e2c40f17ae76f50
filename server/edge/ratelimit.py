"""Limits on how often something may be tried: a moving window for each key, in this process's memory."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil

from server.infra import clock
from server.infra.errors import Throttled

MAX_KEYS = 100_000  # then windows that are empty are swept out


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` tries within `period`; `name` keeps limits on the same subject apart."""

    name: str
    count: int
    period: timedelta


@dataclass(eq=False, slots=True)
class _Window:
    """The tries that count, oldest first, and how many are under way and may count yet."""

    limit: Limit
    counted: deque[datetime] = field(default_factory=deque)
    under_way: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def forget_old(self) -> None:
        start = clock.now() - self.limit.period
        while self.counted and self.counted[0] <= start:
            self.counted.popleft()

    def require_room(self) -> None:
        """Raises Throttled when the window is full of tries that count."""
        self.forget_old()
        if len(self.counted) >= self.limit.count:
            wait = self.counted[0] + self.limit.period - clock.now()
            raise Throttled(ceil(wait.total_seconds()))

    def notify(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()


@dataclass(slots=True)
class Attempt:
    """One try under way; set `failed` when it is to count."""

    failed: bool = False


class Windows:
    """All windows of this process."""

    def __init__(self) -> None:
        self._windows: dict[tuple[Limit, str], _Window] = {}

    def take(self, limit: Limit, subject: str) -> None:
        """Count one try.

        Raises Throttled, counting nothing, when there were too many."""
        window = self._window(limit, subject)
        window.require_room()
        window.counted.append(clock.now())

    @asynccontextmanager
    async def attempt(self, *limits: tuple[Limit, str]) -> AsyncIterator[Attempt]:
        """Room for a try of which only failure counts, under every limit given.

        Waits while others under way could still fill a window, so that a hundred parallel guesses
        can't slip in together, and a hundred parallel right ones all succeed. Raises Throttled."""
        attempt = Attempt()
        async with AsyncExitStack() as rooms:
            for limit, subject in limits:
                await rooms.enter_async_context(self._room(self._window(limit, subject), attempt))
            yield attempt

    @asynccontextmanager
    async def _room(self, window: _Window, attempt: Attempt) -> AsyncIterator[None]:
        window.require_room()
        while len(window.counted) + window.under_way >= window.limit.count:
            await window.changed.wait()
            window.require_room()
        window.under_way += 1
        try:
            yield
        finally:
            window.under_way -= 1
            if attempt.failed:
                window.counted.append(clock.now())
            window.notify()

    def clear(self) -> None:
        self._windows.clear()

    def _window(self, limit: Limit, subject: str) -> _Window:
        if len(self._windows) > MAX_KEYS:
            self._sweep()
        return self._windows.setdefault((limit, subject), _Window(limit))

    def _sweep(self) -> None:
        for key, window in tuple(self._windows.items()):
            window.forget_old()
            if not window.counted and not window.under_way:
                del self._windows[key]


WINDOWS = Windows()
