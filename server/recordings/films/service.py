"""What there is to know of a recording's lesson file: how far it is, and what was made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from server.infra import clock
from server.recordings.films.chapters import Chapter
from server.recordings.models import LessonFile
from server.recordings.states import LessonFileStatus

__all__ = [
    "Chapter",
    "LessonFileView",
    "chapters_of",
    "keys_of",
    "keys_of_attempt",
    "left_s",
    "lesson_file",
]

SUFFIXES = (".mp4", ".webm", ".jpg", ".vtt")
SURE_AFTER_MS = 2_000  # of film; before that a speed says nothing


@dataclass(frozen=True, slots=True)
class LessonFileView:
    """`left_s` is what is left at the speed so far, None while nobody can say. What is made has its keys
    in the storage (empty: there is none) and its length; `reason` says why there is no film."""

    state: str
    done_ms: int
    total_ms: int
    left_s: int | None
    attempts: int
    media_type: str
    storage_key: str
    size: int
    sha256: str
    duration_ms: int
    poster_key: str
    captions_key: str
    chapters: tuple[Chapter, ...]
    unreadable: int
    reason: str
    ready_at: datetime | None


async def lesson_file(recording_id: UUID) -> LessonFileView | None:
    """None where none was asked for yet."""
    row = await LessonFile.get_or_none(recording_id=recording_id)
    return None if row is None else _view(row, clock.now())


async def keys_of(recording_id: UUID) -> list[str]:
    """Every name under which something of a lesson file may be stored, to be erased with its recording:
    also of an attempt that was ended between storing and saying so."""
    row = await LessonFile.get_or_none(recording_id=recording_id)
    attempts = row.attempts if row else 0
    return [key for attempt in range(1, attempts + 1) for key in keys_of_attempt(recording_id, attempt)]


def keys_of_attempt(recording_id: UUID, attempt: int) -> list[str]:
    return [f"recordings/{recording_id}/lesson-{attempt}{suffix}" for suffix in SUFFIXES]


def _view(row: LessonFile, now: datetime) -> LessonFileView:
    return LessonFileView(
        state=row.state,
        done_ms=row.done_ms,
        total_ms=row.total_ms,
        left_s=_left_s(row, now),
        attempts=row.attempts,
        media_type=row.media_type,
        storage_key=row.storage_key,
        size=row.size,
        sha256=row.sha256,
        duration_ms=row.duration_ms,
        poster_key=row.poster_key,
        captions_key=row.captions_key,
        chapters=chapters_of(row.chapters),
        unreadable=row.unreadable,
        reason=row.reason,
        ready_at=row.ready_at,
    )


def _left_s(row: LessonFile, now: datetime) -> int | None:
    if row.state != LessonFileStatus.COMPOSING or row.started_at is None:
        return None
    return left_s(row.done_ms, row.total_ms, (now - row.started_at).total_seconds())


def left_s(done_ms: int, total_ms: int, spent_s: float) -> int | None:
    """At the speed so far, rounded up."""
    if done_ms < SURE_AFTER_MS or spent_s <= 0:
        return None
    return max(0, -int(-(total_ms - done_ms) * spent_s // done_ms))


def chapters_of(stored: list[dict[str, Any]]) -> tuple[Chapter, ...]:
    return tuple(Chapter(one["at_ms"], one["title"], one["kind"]) for one in stored)
