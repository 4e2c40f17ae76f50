"""The journal: in order, together, and a bad entry fails alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import pytest

from config.settings import Settings
from server.classroom import journal as journals
from server.classroom.journal import Journal
from server.infra.db import DatabaseDown


@dataclass
class Note:
    """An entry that remembers what became of it."""

    log: list[str]
    name: str
    bad: bool = False

    async def write(self) -> None:
        if self.bad:
            raise ValueError("on purpose")

    def kept(self) -> None:
        self.log.append(f"{self.name} kept")

    def failed(self) -> None:
        self.log.append(f"{self.name} failed")


class Sheet(Note):
    """An entry of a kind that is stored many at once, but none if one is bad."""

    @staticmethod
    async def store(batch: Sequence[Sheet]) -> None:
        if any(sheet.bad for sheet in batch):
            raise ValueError("on purpose")
        batch[0].log.append(f"stored {''.join(sheet.name for sheet in batch)}")


@pytest.fixture
async def journal(database: Settings) -> AsyncIterator[Journal]:
    made = Journal()
    task = asyncio.create_task(made.run())
    yield made
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_entries_are_kept_in_order(journal: Journal) -> None:
    log: list[str] = []
    names = [str(number) for number in range(journals.BATCH + 5)]
    for name in names:
        journal.add(Note(log, name))
    await journal.settled()
    assert log == [f"{name} kept" for name in names]


async def test_a_bad_entry_fails_alone(journal: Journal) -> None:
    log: list[str] = []
    for name in ("a", "b", "c"):
        journal.add(Note(log, name, bad=name == "b"))
    await journal.settled()
    assert log == ["a kept", "b failed", "c kept"]
    journal.add(Note(log, "d"))
    await journal.settled()
    assert log[-1] == "d kept"


@dataclass
class Unlucky(Note):
    """An entry during which the database goes away so many times."""

    failures: int = 3

    async def write(self) -> None:
        if self.failures:
            self.failures -= 1
            raise DatabaseDown


async def test_nothing_is_lost_while_the_database_is_away(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journals, "PAUSE_S", 0.001)
    log: list[str] = []
    for entry in (Note(log, "a"), Unlucky(log, "b"), Note(log, "c")):
        journal.add(entry)
    await journal.settled()
    assert log == ["a kept", "b kept", "c kept"]


async def test_process_that_ends_does_not_wait_for_ever(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journals, "CLOSE_S", 0.01)
    journal.add(Unlucky([], "a", failures=1_000_000))
    await journal.close()


async def test_a_kind_that_stores_many_at_once_does_so_in_turn_with_others(journal: Journal) -> None:
    log: list[str] = []
    for entry in (Note(log, "a"), Sheet(log, "b"), Sheet(log, "c"), Note(log, "d")):
        journal.add(entry)
    await journal.settled()
    assert log == ["a kept", "stored bc", "b kept", "c kept", "d kept"]


async def test_of_many_at_once_a_bad_one_fails_alone_too(journal: Journal) -> None:
    log: list[str] = []
    for entry in (Sheet(log, "a"), Sheet(log, "b", bad=True), Sheet(log, "c")):
        journal.add(entry)
    await journal.settled()
    assert log == ["stored a", "a kept", "b failed", "stored c", "c kept"]
