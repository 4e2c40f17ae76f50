"""What rooms have to keep (chat, presence, jobs) is written here: in order, off the sockets' path.

Entries that wait are stored together: those of a kind that knows how, by that; others in one
transaction. So a busy room costs little more than a quiet one. A line of chat is delivered when it is
stored. While the database is away everything waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Protocol

import structlog

from server.infra import outbox
from server.infra.db import DatabaseDown, transactional

BATCH = 200  # entries of one transaction
CLOSE_S = 5.0  # a process that ends waits so long for the database
PAUSE_S = 0.2  # between tries while the database is away

log = structlog.get_logger()


class Entry(Protocol):
    """Something to keep."""

    async def write(self) -> None:
        """Store it, inside the journal's transaction. It is called again when nobody knows whether that
        was committed, or when another entry spoilt it."""

    def kept(self) -> None:
        """It is stored."""

    def failed(self) -> None:
        """It could not be stored."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job for a feature above the classroom, by name; one is enough of those with the same key."""

    name: str
    payload: dict[str, Any]
    dedupe_key: str | None = None

    async def write(self) -> None:
        await outbox.enqueue(self.name, self.payload, dedupe_key=self.dedupe_key)

    def kept(self) -> None: ...

    def failed(self) -> None: ...


Store = Callable[[Sequence[Any]], Awaitable[None]]


class Journal:
    """A queue of entries and the task that writes them."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Entry] = asyncio.Queue()

    def add(self, entry: Entry) -> None:
        self._queue.put_nowait(entry)

    async def settled(self) -> None:
        """Wait until everything added so far is written."""
        await self._queue.join()

    async def close(self) -> None:
        """Wait for what is left, but not for a database that stays away."""
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_S):
                await self.settled()

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            batch = [await self._queue.get()]
            while len(batch) < BATCH and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            try:
                for _, run in groupby(batch, type):
                    await self._keep(tuple(run))
            finally:
                for _ in batch:
                    self._queue.task_done()

    async def _keep(self, batch: Sequence[Entry]) -> None:
        """Entries of one kind at once; if that fails one by one, so that a bad entry fails alone."""
        try:
            await _write_when_possible(batch)
        except Exception:
            if len(batch) == 1:
                log.exception("room journal entry lost", entry=type(batch[0]).__name__)
                _report(batch[0].failed)
                return
            for entry in batch:
                await self._keep([entry])
            return
        for entry in batch:
            _report(entry.kept)


async def _write_when_possible(batch: Sequence[Entry]) -> None:
    while True:
        try:
            return await _store_of(type(batch[0]))(batch)
        except DatabaseDown:
            log.warning("room journal waits for the database", entries=len(batch))
            await asyncio.sleep(PAUSE_S)


def _store_of(kind: type[Entry]) -> Store:
    """The kind's own `store`, which stores all or none of many, or else a transaction."""
    own: Store = getattr(kind, "store", _write)
    return own


@transactional
async def _write(batch: Sequence[Entry]) -> None:
    for entry in batch:
        await entry.write()


def _report(outcome: Callable[[], None]) -> None:
    try:
        outcome()
    except Exception:
        log.exception("room journal could not report an outcome")
