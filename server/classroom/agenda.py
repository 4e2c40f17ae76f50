"""What a room has to do at a given time: a lesson's start, a seat's end of grace."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from server.infra.errors import Unavailable

Key = tuple[str, ...]  # the room first, then what it is about
Action = Callable[[], Awaitable[None]]
PUT_OFF = timedelta(seconds=1)  # while something that an entry needs is away

log = structlog.get_logger()


class Agenda:
    """Runs each entry once when its time has come. `run` sleeps; tests call `run_due` themselves."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._entries: dict[Key, tuple[datetime, Action]] = {}
        self._changed = asyncio.Event()

    def put(self, key: Key, at: datetime, action: Action) -> None:
        """Run `action` at `at`, instead of what `key` stood for before."""
        self._entries[key] = (at, action)
        self._changed.set()

    def drop(self, *key: str) -> None:
        """Forget every entry whose key begins with `key`."""
        for known in [entry for entry in self._entries if entry[: len(key)] == key]:
            del self._entries[known]

    async def run_due(self) -> None:
        """Run what is due now, in the order of time."""
        now = self._clock()
        due = sorted((at, key) for key, (at, _) in self._entries.items() if at <= now)
        for _, key in due:
            entry = self._entries.pop(key, None)
            if entry is not None:
                await self._run(key, entry[1])

    async def run(self) -> None:
        """Run entries at their times until cancelled."""
        while True:
            self._changed.clear()
            await self.run_due()
            with suppress(TimeoutError):  # not `wait_for`: Python 3.11's may swallow a cancellation
                async with asyncio.timeout(self._pause()):
                    await self._changed.wait()

    def _pause(self) -> float | None:
        """Seconds until the next entry."""
        if not self._entries:
            return None
        next_at = min(at for at, _ in self._entries.values())
        return max(0.0, (next_at - self._clock()).total_seconds())

    async def _run(self, key: Key, action: Action) -> None:
        try:
            await action()
        except Unavailable:
            log.warning("room agenda entry put off", key=key)
            self._entries.setdefault(key, (self._clock() + PUT_OFF, action))
        except Exception:
            log.exception("room agenda entry failed", key=key)
