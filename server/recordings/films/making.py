"""Makes the lesson file of one recording: segments from the storage, a process that composes them, and
the film into the storage. A later attempt begins at the beginning."""

from __future__ import annotations

import asyncio
import hashlib
import time
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import structlog
from pydantic import ValidationError

from server.infra.db import DatabaseDown
from server.infra.metrics import FILM_SPEED, FILMS
from server.infra.storage import Missing, Storage, StorageDown
from server.recordings.composing.errors import BadJob, ComposingError
from server.recordings.composing.job import Composed, Job
from server.recordings.composing.running import Progress, compose
from server.recordings.depot import Depot, depot
from server.recordings.films import rows, scratch
from server.recordings.films.ordering import Order, job_of, order_of
from server.recordings.films.service import keys_of, keys_of_attempt

BUSY = timedelta(seconds=15)  # until the machine's place is asked for again
NO_ROOM = timedelta(minutes=5)
TOLD_S = 1.0  # how often it is written how far a film is
STORE_AGAIN_S = (5.0, 30.0, 120.0, 600.0)  # a film is not composed anew because a storage was away

log = structlog.get_logger()


class Unwanted(Exception):
    """The recording is gone, or a later attempt is at it."""


async def make(recording_id: UUID) -> None:
    """One attempt. What can be tried again raises."""
    opened = depot()
    with scratch.alone(opened.scratch) as ours:
        if not ours:
            await rows.postpone(recording_id, BUSY)
            return
        recording = await rows.open_row(recording_id)
        if recording is None:
            await tidy(recording_id)
            return
        order = await order_of(recording)
        if not await asyncio.to_thread(scratch.fits, opened.scratch, order.size, order.total_ms):
            log.error("no room on this disk to compose a film", recording=str(recording_id))
            await rows.postpone(recording_id, NO_ROOM)
            return
        async with scratch.folder(opened.scratch) as folder:
            await _in(folder, opened, order)


async def tidy(recording_id: UUID) -> None:
    """What attempts stored that count no more, when its recording is gone."""
    if await rows.gone(recording_id):
        await _erase(depot().storage, await keys_of(recording_id))


async def _in(folder: Path, opened: Depot, order: Order) -> None:
    files = await _copy(opened.storage, order, folder)
    attempt = await rows.begin(order)
    if attempt is None:
        return
    for earlier in range(1, attempt):
        await _erase(opened.storage, keys_of_attempt(order.recording_id, earlier))
    try:
        job = job_of(order, files, folder / "lesson")
    except ValidationError as error:
        log.warning("no film can be made", recording=str(order.recording_id), error=str(error))
        await _give_up(order)
        return
    await _attempt(opened.storage, order, attempt, job)


async def _attempt(storage: Storage, order: Order, attempt: int, job: Job) -> None:
    missing = len(order.segments) - len(job.segments)
    began = time.monotonic()
    try:
        composed = await compose(job, _Meter(order.recording_id, attempt).note)
        FILM_SPEED.set(composed.duration_ms / 1000 / max(0.001, time.monotonic() - began))
        made = await _store(storage, order.recording_id, attempt, composed)
        counts = await rows.done(order.recording_id, attempt, made, missing)
    except Unwanted:
        counts = False
    except BadJob as error:
        log.warning("no film can be made", recording=str(order.recording_id), error=str(error))
        await _give_up(order)
        return
    except (ComposingError, StorageDown):
        FILMS.labels("broken").inc()
        if await rows.fall_back(order.recording_id, attempt):
            raise
        return
    FILMS.labels("ready" if counts else "unwanted").inc()
    if not counts:
        await _erase(storage, keys_of_attempt(order.recording_id, attempt))


async def _give_up(order: Order) -> None:
    await rows.fail(order.recording_id, rows.UNREADABLE, len(order.segments))


class _Meter:
    """Writes how far a film is, about once a second. Raises Unwanted."""

    def __init__(self, recording_id: UUID, attempt: int) -> None:
        self._of = recording_id, attempt
        self._told_at = -TOLD_S

    async def note(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._told_at < TOLD_S:
            return
        self._told_at = now
        try:
            wanted = await rows.progress(*self._of, progress.done_ms)
        except DatabaseDown:
            return  # the film goes on
        if not wanted:
            raise Unwanted


# --- files


async def _copy(storage: Storage, order: Order, folder: Path) -> dict[int, Path]:
    """The segments that the storage has, by id. Raises StorageDown."""
    files: dict[int, Path] = {}
    for segment in order.segments:
        path = folder / f"{segment.id}.webm"
        try:
            await _fetch(storage, segment.storage_key, segment.size, path)
        except Missing:
            log.error("a recorded track is not in the storage", key=segment.storage_key)
            continue
        files[segment.id] = path
    return files


async def _fetch(storage: Storage, key: str, size: int, path: Path) -> None:
    file = await asyncio.to_thread(path.open, "wb")
    try:
        async for piece in storage.read(key, 0, size):
            await asyncio.to_thread(file.write, piece)
    finally:
        await asyncio.to_thread(file.close)


async def _store(storage: Storage, recording_id: UUID, attempt: int, composed: Composed) -> rows.Made:
    """The film last: where it is, the others are. Raises StorageDown."""
    size = (await asyncio.to_thread(composed.film.stat)).st_size
    sha256 = await asyncio.to_thread(_digest, composed.film)
    name = f"recordings/{recording_id}/lesson-{attempt}"
    captions = f"{name}.vtt" if composed.captions else ""
    if composed.captions:
        await _put(storage, captions, composed.captions, "text/vtt")
    await _put(storage, f"{name}.jpg", composed.poster, "image/jpeg")
    await _put(storage, name + composed.film.suffix, composed.film, composed.media_type)
    return rows.Made(
        media_type=composed.media_type,
        storage_key=name + composed.film.suffix,
        size=size,
        sha256=sha256,
        duration_ms=composed.duration_ms,
        poster_key=f"{name}.jpg",
        captions_key=captions,
        unreadable=composed.unreadable,
    )


async def _put(storage: Storage, key: str, path: Path, media_type: str) -> None:
    for wait_s in STORE_AGAIN_S:
        try:
            await storage.put(key, path, media_type=media_type)
        except StorageDown:
            log.warning("a film waits for the storage", key=key, wait_s=wait_s)
        else:
            return
        await asyncio.sleep(wait_s)
    await storage.put(key, path, media_type=media_type)


async def _erase(storage: Storage, keys: list[str]) -> None:
    for key in keys:
        await storage.delete(key)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
