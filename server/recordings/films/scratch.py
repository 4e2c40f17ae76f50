"""Where this machine composes: one film at a time, in a folder that does not outlast its attempt."""

from __future__ import annotations

import asyncio
import fcntl
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

LOCK = ".lock"
RESERVE = 1024 * 1024 * 1024  # bytes; the recorder refuses lessons below half of it
FILM_RATE = 400_000  # bytes for each second of film at most, by what pictures of 720p came to


@contextmanager
def alone(scratch: Path) -> Iterator[bool]:
    """Whether this machine's place was free; it is ours while the block runs.

    What an attempt left that was killed is removed: nobody else works here."""
    with (scratch / LOCK).open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        _sweep(scratch)
        yield True


def clear(scratch: Path) -> None:
    """At start-up: make the folder, and remove what a killed process left there."""
    scratch.mkdir(parents=True, exist_ok=True)
    with alone(scratch):
        pass


@asynccontextmanager
async def folder(scratch: Path) -> AsyncIterator[Path]:
    """A new folder for one attempt; gone afterwards."""
    made = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="film-", dir=scratch))
    try:
        yield made
    finally:
        await asyncio.shield(asyncio.to_thread(shutil.rmtree, made, ignore_errors=True))


def fits(scratch: Path, size: int, total_ms: int) -> bool:
    """Whether there is room for copies of that size, the film of them, and some for others."""
    film = total_ms * FILM_RATE // 1000
    return shutil.disk_usage(scratch).free >= size + film + RESERVE


def _sweep(scratch: Path) -> None:
    for one in scratch.iterdir():
        if one.is_dir():
            shutil.rmtree(one, ignore_errors=True)
