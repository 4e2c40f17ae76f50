"""Which file answers a request: a track's, the lesson file, its poster or its captions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from server.booking.service import SessionCard
from server.classroom import service as classroom
from server.edge.access import Viewer
from server.edge.downloads import Content, content_of
from server.infra.errors import Conflict, NotFound
from server.recordings.films.service import LessonFileView, lesson_file
from server.recordings.models import Recording, Segment
from server.recordings.shelf import readable
from server.recordings.states import LessonFileStatus, SegmentStatus

NO_TRACK, NO_CAPTIONS, NO_POSTER = (
    "There is no such track.",
    "Nothing was said that could be read along.",
    "There is no picture of this lesson.",
)
NOT_READY = "This file is not ready yet."
NOT_COMPOSED = "The lesson file is not ready yet. The tracks are there already."
NEVER = "The lesson file could not be made. The tracks are there."
SOUND, PICTURE = "audio/webm", "video/webm"
ENDINGS = {"video/mp4": ".mp4", PICTURE: ".webm", SOUND: ".webm"}
POSTERS = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
CAPTIONS = "text/vtt; charset=utf-8"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What a download sends. `segment_id` is None for the lesson file, `name` is what the browser may
    call it, and `lasts` how long somebody needs to watch it."""

    recording_id: UUID
    segment_id: int | None
    storage_key: str
    content: Content
    media_type: str
    name: str
    lasts: timedelta


@dataclass(frozen=True, slots=True)
class Companion:
    """What belongs to the lesson file and is small: its poster, its captions. `tag` is another for
    another film."""

    storage_key: str
    tag: str
    media_type: str
    name: str
    changed: datetime | None


async def file_of(recording_id: UUID, track: UUID | None, viewer: Viewer) -> StoredFile:
    """The file of one track, or the lesson file. Raises NotFound, Conflict(not_ready)."""
    recording, session, _ = await readable(recording_id, viewer)
    if track is not None:
        return await _track_file(recording, session, track)
    film = await _film_of(recording)
    return StoredFile(
        recording_id=recording.id,
        segment_id=None,
        storage_key=film.storage_key,
        content=content_of(film.size, film.sha256, film.ready_at),
        media_type=film.media_type,
        name=session.title + ENDINGS.get(film.media_type, ""),
        lasts=timedelta(milliseconds=film.duration_ms),
    )


async def poster_of(recording_id: UUID, viewer: Viewer) -> Companion:
    """Raises NotFound, Conflict(not_ready)."""
    recording, session, _ = await readable(recording_id, viewer)
    film = await _film_of(recording)
    ending = film.poster_key.rpartition(".")[2]
    if not film.poster_key or ending not in POSTERS:
        raise NotFound(message=NO_POSTER)
    name, tag = f"{session.title}.{ending}", f"{film.sha256}-poster"
    return Companion(film.poster_key, tag, POSTERS[ending], name, film.ready_at)


async def captions_of(recording_id: UUID, viewer: Viewer) -> Companion:
    """Raises NotFound, Conflict(not_ready)."""
    recording, session, _ = await readable(recording_id, viewer)
    film = await _film_of(recording)
    if not film.captions_key:
        raise NotFound(message=NO_CAPTIONS)
    name, tag = f"{session.title}.vtt", f"{film.sha256}-captions"
    return Companion(film.captions_key, tag, CAPTIONS, name, film.ready_at)


async def _film_of(recording: Recording) -> LessonFileView:
    film = await lesson_file(recording.id)
    if film is None or film.state != LessonFileStatus.READY:
        failed = film is not None and film.state == LessonFileStatus.FAILED
        raise Conflict("not_ready", NEVER if failed else NOT_COMPOSED)
    return film


async def _track_file(recording: Recording, session: SessionCard, track: UUID) -> StoredFile:
    segment = await Segment.get_or_none(recording_id=recording.id, public_id=track)
    if segment is None:
        raise NotFound(message=NO_TRACK)
    if segment.state != SegmentStatus.READY:
        raise Conflict("not_ready", NOT_READY)
    names = await classroom.participant_names(recording.session_id)
    who = names.get(segment.participant, "participant")
    return StoredFile(
        recording_id=recording.id,
        segment_id=segment.id,
        storage_key=segment.storage_key,
        content=content_of(segment.size, segment.sha256, segment.stored_at),
        media_type=media_type(segment.kind),
        name=f"{session.title} - {who} - {segment.source}.webm",
        lasts=timedelta(milliseconds=segment.start_ms + segment.duration_ms),
    )


def media_type(kind: str) -> str:
    """Of a track."""
    return SOUND if kind == "audio" else PICTURE
