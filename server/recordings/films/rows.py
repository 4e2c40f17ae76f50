"""The states of a lesson file. An attempt has a number, by which it is known whether it still counts: a
later one, or the end of the recording, makes its work void."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from tortoise.queryset import QuerySet

from server.booking import service as booking
from server.infra import clock, outbox
from server.infra.db import transactional
from server.infra.metrics import FILM_WAIT, FILMS
from server.infra.models import OutboxRow
from server.recordings.films.ordering import (
    Order,
    chapters_to_store,
    length_of,
    order_of,
    segments_of,
)
from server.recordings.models import LessonFile, Recording
from server.recordings.states import LessonFileStatus, RecordingStatus

CHAPTERS, COMPOSE, TELL = "films.chapters", "films.compose", "films.tell"
MOST_ATTEMPTS = 6
PATIENCE = timedelta(hours=3)  # then people hear that the tracks are there, film or no film
OPEN = (LessonFileStatus.QUEUED, LessonFileStatus.COMPOSING)

NOTHING = "Nothing of this lesson was recorded."
UNREADABLE = "None of the recorded tracks can be read."
GAVE_UP = "It could not be made, however often we tried. The tracks themselves are here."


@dataclass(frozen=True, slots=True)
class Made:
    """What lies in the storage of a film."""

    media_type: str
    storage_key: str
    size: int
    sha256: str
    duration_ms: int
    poster_key: str
    captions_key: str
    unreadable: int


def cause_of(recording_id: UUID) -> str:
    return f"film:{recording_id}"


# --- asking


async def ask(recording: Recording) -> None:
    """Have the film of a recording made of which everything is stored. In the caller's transaction, which
    is kept short: what the lesson's story is follows. Asked again, nothing happens."""
    segments = await segments_of(recording.id)
    row = {
        "state": LessonFileStatus.QUEUED if segments else LessonFileStatus.FAILED,
        "reason": "" if segments else NOTHING,
        "total_ms": length_of(segments),
        "queued_at": clock.now(),
    }
    _, fresh = await LessonFile.get_or_create(row, recording_id=recording.id)
    if fresh and segments:
        payload = {"recording_id": str(recording.id)}
        await outbox.enqueue(CHAPTERS, payload)
        await enqueue(recording.id)
        await outbox.enqueue(TELL, payload, run_at=clock.now() + PATIENCE)


async def write_chapters(recording_id: UUID) -> None:
    """For the page, long before the film is there."""
    recording = await open_row(recording_id)
    if recording is not None:
        chapters = chapters_to_store((await order_of(recording)).story)
        waiting = LessonFile.filter(recording_id=recording_id, state=LessonFileStatus.QUEUED)
        await waiting.update(chapters=chapters)


async def enqueue(recording_id: UUID, after: timedelta = timedelta()) -> None:
    """A row of its own each time: waiting for a place is no failed try."""
    payload = {"recording_id": str(recording_id)}
    await outbox.enqueue(COMPOSE, payload, run_at=clock.now() + after, cause=cause_of(recording_id))


@transactional
async def postpone(recording_id: UUID, by: timedelta) -> None:
    await enqueue(recording_id, by)


@transactional
async def ask_again(recording_id: UUID) -> bool:
    """For one that waits while no job is about it: False where one is."""
    alive = OutboxRow.filter(cause=cause_of(recording_id), done_at__isnull=True, failed_at__isnull=True)
    if await alive.exists():
        return False
    await enqueue(recording_id)
    return True


@transactional
async def ask_for(recording_id: UUID) -> None:
    """For a recording that was ready before films were made."""
    recording = await Recording.get_or_none(id=recording_id, state=RecordingStatus.READY)
    if recording is not None:
        await ask(recording)


# --- an attempt


async def open_row(recording_id: UUID) -> Recording | None:
    """The recording, if its film is to be made."""
    wanted = LessonFile.filter(recording_id=recording_id, state__in=OPEN)
    if not await wanted.exists():
        return None
    return await Recording.get_or_none(id=recording_id, state=RecordingStatus.READY)


async def gone(recording_id: UUID) -> bool:
    """Whether nobody may see anything of the recording any more."""
    return not await Recording.exists(id=recording_id, state=RecordingStatus.READY)


@transactional
async def begin(order: Order) -> int | None:
    """The attempt's number; None when no film is wanted, or it was tried often enough."""
    if not await _still_ready(order.recording_id):
        return None
    row = await LessonFile.get(recording_id=order.recording_id)
    if row.state not in OPEN:
        return None
    if row.attempts >= MOST_ATTEMPTS:
        await _fail(order.recording_id, GAVE_UP)
        return None
    attempt: int = row.attempts + 1
    await LessonFile.filter(recording_id=order.recording_id).update(
        state=LessonFileStatus.COMPOSING,
        attempts=attempt,
        done_ms=0,
        total_ms=order.total_ms,
        started_at=clock.now(),
        chapters=chapters_to_store(order.story),
    )
    return attempt


async def progress(recording_id: UUID, attempt: int, done_ms: int) -> bool:
    """False when the attempt does not count any more."""
    ours = _ours(recording_id, attempt).filter(done_ms__lte=done_ms)
    if not await ours.update(done_ms=done_ms):
        return False
    return await Recording.exists(id=recording_id, state=RecordingStatus.READY)


@transactional
async def done(recording_id: UUID, attempt: int, made: Made, unread: int) -> bool:
    """The film is there; people are told. False when nobody wants it any more. `unread` segments could
    not even be fetched."""
    recording = await _still_ready(recording_id)
    if recording is None:
        return False
    counted = await _ours(recording_id, attempt).update(
        state=LessonFileStatus.READY,
        done_ms=made.duration_ms,
        total_ms=made.duration_ms,
        ready_at=clock.now(),
        media_type=made.media_type,
        storage_key=made.storage_key,
        size=made.size,
        sha256=made.sha256,
        duration_ms=made.duration_ms,
        poster_key=made.poster_key,
        captions_key=made.captions_key,
        unreadable=made.unreadable + unread,
    )
    if counted:
        row = await LessonFile.get(recording_id=recording_id)
        FILM_WAIT.observe((clock.now() - row.queued_at).total_seconds())
        await booking.tell_recorded(recording.session_id)
    return bool(counted)


@transactional
async def fall_back(recording_id: UUID, attempt: int) -> bool:
    """An attempt came to nothing: the film waits for the next. False when there is none."""
    if not await _ours(recording_id, attempt).update(state=LessonFileStatus.QUEUED, done_ms=0):
        return False
    if attempt >= MOST_ATTEMPTS:
        await _fail(recording_id, GAVE_UP)
    return attempt < MOST_ATTEMPTS


@transactional
async def fail(recording_id: UUID, reason: str, unreadable: int = 0) -> None:
    """There will be no film; people hear of the tracks."""
    await _fail(recording_id, reason, unreadable)


async def _fail(recording_id: UUID, reason: str, unreadable: int = 0) -> None:
    recording = await _still_ready(recording_id)
    waiting = LessonFile.filter(recording_id=recording_id, state__in=OPEN)
    failed = {"state": LessonFileStatus.FAILED, "reason": reason, "unreadable": unreadable}
    if recording is not None and await waiting.update(**failed):
        FILMS.labels("failed").inc()
        await booking.tell_recorded(recording.session_id)


@transactional
async def tell_late(recording_id: UUID) -> None:
    """The film took longer than people wait; who was told is told nothing."""
    recording = await _still_ready(recording_id)
    if recording is not None:
        if await LessonFile.exists(recording_id=recording_id, state__in=OPEN):
            FILMS.labels("late").inc()
        await booking.tell_recorded(recording.session_id)


def _ours(recording_id: UUID, attempt: int) -> QuerySet[LessonFile]:
    return LessonFile.filter(
        recording_id=recording_id, attempts=attempt, state=LessonFileStatus.COMPOSING
    )


async def _still_ready(recording_id: UUID) -> Recording | None:
    """Its row is ours until the transaction ends: nobody deletes it meanwhile."""
    wanted = Recording.filter(id=recording_id, state=RecordingStatus.READY)
    return await wanted.select_for_update().get_or_none()
