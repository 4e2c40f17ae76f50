"""Reading recordings: who may, what there is, and which file answers a request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from server.booking.service import SessionCard
from server.classroom import service as classroom
from server.edge.access import Viewer
from server.infra import clock, outbox
from server.infra.db import transactional
from server.infra.errors import Conflict, Forbidden, NotFound
from server.infra.transitions import record_transition
from server.recordings.models import Recording, RecordingAccess, Segment
from server.recordings.states import RecordingStatus, SegmentStatus

NO_RECORDING = "There is no such recording."
# The file of a recording that is not composed into one: the first of the first kind that there is.
PREFERRED = ("camera", "screen", "microphone", "screen-audio")


@dataclass(frozen=True, slots=True)
class TrackView:
    """One segment: a WebM file of one source of one participant. `url` is None until it is stored."""

    id: UUID
    participant: str
    participant_name: str
    source: str
    kind: str
    start_ms: int
    duration_ms: int
    size: int
    sha256: str
    state: str
    salvaged: bool
    url: str | None


@dataclass(frozen=True, slots=True)
class RecordingView:
    """A session's recording. Duration, size and checksum are those of the file without `track`.

    `id` is None as long as nothing was ever written."""

    id: UUID | None
    state: str
    started_at: datetime | None
    duration_ms: int
    size: int
    sha256: str | None
    tracks: tuple[TrackView, ...]


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What a download sends. `name` is what the browser may call it."""

    segment_id: int
    storage_key: str
    size: int
    sha256: str
    kind: str
    name: str


# --- reading


async def recording_of_session(session_id: UUID, viewer: Viewer) -> tuple[SessionCard, RecordingView]:
    """Raises NotFound, also for everybody who neither taught nor attended."""
    session, _ = await _reader(session_id, viewer)
    recording = await Recording.get_or_none(session_id=session_id)
    if recording is None:
        return session, await _unwritten(session)
    return session, await _view(recording)


async def state_of(session: SessionCard) -> str:
    """How far the recording of a session is, for those who may be in its room: two queries at most."""
    recording = await Recording.get_or_none(session_id=session.id)
    if recording is not None:
        return recording.state
    state = (await _unwritten(session)).state
    over = session.status == "ended" and state == RecordingStatus.RECORDING
    return RecordingStatus.FINALISING if over else state


async def file_of(recording_id: UUID, track: UUID | None, viewer: Viewer) -> StoredFile:
    """The file of one track, or the one that stands for the recording.

    Raises NotFound, Conflict(not_ready)."""
    recording, session, _ = await readable(recording_id, viewer)
    segments = await _segments(recording)
    chosen = _chosen(segments, track)
    if chosen is None and track is not None:
        raise NotFound(message="There is no such track.")
    if chosen is None or chosen.state != SegmentStatus.READY:
        raise Conflict("not_ready", "This file is not ready yet.")
    names = await classroom.participant_names(recording.session_id)
    return StoredFile(
        segment_id=chosen.id,
        storage_key=chosen.storage_key,
        size=chosen.size,
        sha256=chosen.sha256,
        kind=chosen.kind,
        name=f"{session.title} - {names.get(chosen.participant, 'participant')} - {chosen.source}.webm",
    )


@transactional
async def note_access(file: StoredFile, viewer: Viewer, first_byte: int, count: int) -> None:
    """Keep that somebody was sent these bytes."""
    await RecordingAccess.create(
        segment_id=file.segment_id,
        user_id=viewer.user_id,
        at=clock.now(),
        first_byte=first_byte,
        bytes=count,
    )


# --- removing


@transactional
async def delete_recording(recording_id: UUID, viewer: Viewer) -> None:
    """Remove a recording and its files, by the mentor.

    Raises NotFound, Forbidden, Conflict(wrong_state) while it is being recorded."""
    recording, _, role = await readable(recording_id, viewer)
    if role != "mentor":
        raise Forbidden(message="Only the mentor can delete the recording.")
    if recording.state == RecordingStatus.RECORDING:
        raise Conflict("wrong_state", "End the session or stop the recording first.")
    await record_transition(
        "recording", recording.id, recording.state, RecordingStatus.DELETED, viewer.user_id
    )
    recording.state, recording.deleted_at = RecordingStatus.DELETED, clock.now()
    await recording.save(update_fields=["state", "deleted_at"])
    await outbox.enqueue("recordings.erase", {"recording_id": str(recording.id)})


async def keys_to_erase(recording_id: UUID) -> list[str]:
    """The stored files of a recording that was deleted."""
    segments = Segment.filter(
        recording_id=recording_id, recording__state=RecordingStatus.DELETED
    ).exclude(storage_key="")
    return [segment.storage_key for segment in await segments]


# --- who may


async def _reader(session_id: UUID, viewer: Viewer) -> tuple[SessionCard, Literal["mentor", "learner"]]:
    """The mentor, or a learner whose booking is confirmed and who came. Raises NotFound, also for those
    who were removed or got their money back."""
    try:
        access = await classroom.room_access(session_id, viewer.user_id)
    except Forbidden as error:
        raise NotFound(message=NO_RECORDING) from error
    if access.role != "mentor" and not await classroom.attended(session_id, viewer.user_id):
        raise NotFound(message=NO_RECORDING)
    return access.session, access.role


async def readable(
    recording_id: UUID, viewer: Viewer
) -> tuple[Recording, SessionCard, Literal["mentor", "learner"]]:
    """The recording, its session, and what the viewer is in it. Raises NotFound."""
    recording = await Recording.get_or_none(id=recording_id)
    if recording is None or recording.state == RecordingStatus.DELETED:
        raise NotFound(message=NO_RECORDING)
    session, role = await _reader(recording.session_id, viewer)
    return recording, session, role


# --- rows to values


async def _segments(recording: Recording) -> list[Segment]:
    return await Segment.filter(recording_id=recording.id).order_by("start_ms", "id")


def _chosen(segments: Sequence[Segment], track: UUID | None) -> Segment | None:
    if track is not None:
        return next((one for one in segments if one.public_id == track), None)
    ready = [one for one in segments if one.state == SegmentStatus.READY]
    return min(ready, key=lambda one: PREFERRED.index(one.source), default=None)


async def _unwritten(session: SessionCard) -> RecordingView:
    """No row yet: either writing began a moment ago, or nothing was ever written."""
    begun = await classroom.recording_begun(session.id)
    waiting = session.recording == "auto" and session.status == "live"
    state = "recording" if begun else "waiting_consent" if waiting else "off"
    recording_id, started_at = begun or (None, None)
    return RecordingView(recording_id, state, started_at, 0, 0, None, ())


async def _view(recording: Recording) -> RecordingView:
    deleted = recording.state == RecordingStatus.DELETED
    segments = [] if deleted else await _segments(recording)
    names = await classroom.participant_names(recording.session_id)
    main = _chosen(segments, None)
    return RecordingView(
        id=recording.id,
        state=recording.state,
        started_at=recording.origin_at,
        duration_ms=main.duration_ms if main else 0,
        size=main.size if main else 0,
        sha256=main.sha256 if main else None,
        tracks=tuple(_track(recording.id, one, names.get(one.participant, "")) for one in segments),
    )


def _track(recording_id: UUID, segment: Segment, name: str) -> TrackView:
    ready = segment.state == SegmentStatus.READY
    return TrackView(
        id=segment.public_id,
        participant=segment.participant,
        participant_name=name,
        source=segment.source,
        kind=segment.kind,
        start_ms=segment.start_ms,
        duration_ms=segment.duration_ms,
        size=segment.size,
        sha256=segment.sha256,
        state=segment.state,
        salvaged=segment.salvaged,
        url=f"/api/v1/recordings/{recording_id}/file?track={segment.public_id}" if ready else None,
    )
