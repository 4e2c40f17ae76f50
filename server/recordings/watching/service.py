"""How far somebody is in a recording, and how much of it they played."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from server.edge.access import Viewer
from server.infra import clock
from server.infra.db import transactional
from server.recordings.models import LessonFile, Segment, WatchPosition
from server.recordings.shelf import readable

FASTEST = 2  # the player's highest speed
LEEWAY_MS = 5_000  # reports are late, and clocks apart
FIRST_MS = 60_000  # played before the first report; nobody saw it begin
FINISHED_AT = 0.9  # of the length: what follows is goodbyes
PLAYED = 0.5  # of the length, by who is that far; the rest was jumped over


@dataclass(frozen=True, slots=True)
class Watch:
    """`position_ms` is on the recording's time line; `watched_ms` is of film, and what was played twice
    counts twice."""

    position_ms: int
    watched_ms: int
    finished: bool
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Watched:
    """What one person watched of one lesson. `duration_ms` is 0 where nothing is left to watch."""

    session_id: UUID
    recording_id: UUID
    position_ms: int
    watched_ms: int
    duration_ms: int
    finished: bool
    at: datetime


async def watch_of(recording_id: UUID, user_id: int) -> Watch | None:
    row = await WatchPosition.get_or_none(recording_id=recording_id, user_id=user_id)
    return None if row is None else _watch(row)


@transactional
async def report(recording_id: UUID, viewer: Viewer, position_ms: int, watched_ms: int) -> Watch:
    """Keep where somebody is, and add what they played since they said so last: no more than can be
    played in that time. Raises NotFound."""
    recording, _, _ = await readable(recording_id, viewer)
    length, now = await length_of(recording.id), clock.now()
    mine = WatchPosition.filter(recording_id=recording.id, user_id=viewer.user_id)
    before = await mine.select_for_update().get_or_none()
    row = before or await _begin(recording.id, viewer.user_id, now)
    most_ms = playable_ms(now - before.updated_at) if before else FIRST_MS
    row.watched_ms += min(watched_ms, most_ms)
    row.position_ms = min(position_ms, length)
    if row.finished_at is None and is_finished(row.position_ms, row.watched_ms, length):
        row.finished_at = now
    row.updated_at = now
    await row.save(update_fields=["position_ms", "watched_ms", "updated_at", "finished_at"])
    return _watch(row)


async def watched(user_id: int) -> list[Watched]:
    """All that somebody watched, the newest first. Three queries."""
    rows = await WatchPosition.filter(user_id=user_id).order_by("-updated_at").select_related("recording")
    films = await LessonFile.filter(recording_id__in=[row.recording_id for row in rows])
    lengths = {film.recording_id: film.duration_ms for film in films}
    return [
        Watched(
            session_id=row.recording.session_id,
            recording_id=row.recording_id,
            position_ms=row.position_ms,
            watched_ms=row.watched_ms,
            duration_ms=lengths.get(row.recording_id, 0),
            finished=row.finished_at is not None,
            at=row.updated_at,
        )
        for row in rows
    ]


async def length_of(recording_id: UUID) -> int:
    """Of the film, or of what there is until there is one."""
    film = await LessonFile.get_or_none(recording_id=recording_id)
    if film is not None and film.duration_ms:
        return int(film.duration_ms)
    spans = await Segment.filter(recording_id=recording_id).values_list("start_ms", "duration_ms")
    return max((start + duration for start, duration in spans), default=0)


async def _begin(recording_id: UUID, user_id: int, now: datetime) -> WatchPosition:
    """Two tabs may begin at once: there is one row of them."""
    fresh = WatchPosition(recording_id=recording_id, user_id=user_id, first_at=now, updated_at=now)
    await WatchPosition.bulk_create([fresh], ignore_conflicts=True)
    mine = WatchPosition.filter(recording_id=recording_id, user_id=user_id)
    return await mine.select_for_update().get()


def playable_ms(passed: timedelta) -> int:
    """The most that can have been played since the last report. PURE."""
    return FASTEST * round(passed.total_seconds() * 1000) + LEEWAY_MS


def is_finished(position_ms: int, watched_ms: int, length_ms: int) -> bool:
    """Whoever jumps to the end has not watched it. PURE."""
    there = position_ms >= FINISHED_AT * length_ms
    return bool(length_ms) and there and watched_ms >= PLAYED * length_ms


def _watch(row: WatchPosition) -> Watch:
    return Watch(row.position_ms, row.watched_ms, row.finished_at is not None, row.updated_at)
