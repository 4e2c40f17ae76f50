"""Reading recordings: who may, and what there is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from server.booking.service import SessionCard
from server.classroom import service as classroom
from server.edge.access import Viewer
from server.infra.errors import Forbidden, NotFound
from server.recordings.films.service import LessonFileView, lesson_file
from server.recordings.models import Recording, Segment
from server.recordings.states import GONE, LessonFileStatus, RecordingStatus, SegmentStatus

Role = Literal["mentor", "learner"]

NO_RECORDING = "There is no such recording."


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
    """A session's recording. Size and checksum are those of the lesson file, 0 and None until it is
    composed; `duration_ms` is the lesson's by then too.

    `id` is None as long as nothing was ever written, `film` where no lesson file was asked for. The files
    are erased at `expires_at`, None while they are not all here, unless the recording is `held` by us for
    longer."""

    id: UUID | None
    state: str
    started_at: datetime | None
    duration_ms: int
    size: int
    sha256: str | None
    tracks: tuple[TrackView, ...]
    film: LessonFileView | None = None
    expires_at: datetime | None = None
    held: bool = False

    @property
    def composed(self) -> bool:
        """Whether the lesson file can be played."""
        return self.film is not None and self.film.state == LessonFileStatus.READY


# --- reading


async def recording_of_session(session_id: UUID, viewer: Viewer) -> tuple[SessionCard, RecordingView]:
    """Raises NotFound, also for everybody who neither taught it nor has a seat in it."""
    session, _ = await reader(session_id, viewer)
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


# --- who may


async def reader(session_id: UUID, viewer: Viewer) -> tuple[SessionCard, Role]:
    """The mentor, or a learner who has a seat: who could not come may catch up. Raises NotFound, also for
    those who gave their seat back, were removed or got their money back."""
    try:
        access = await classroom.room_access(session_id, viewer.user_id)
    except Forbidden as error:
        raise NotFound(message=NO_RECORDING) from error
    return access.session, access.role


async def readable(recording_id: UUID, viewer: Viewer) -> tuple[Recording, SessionCard, Role]:
    """A recording that has its files still, its session, and what the viewer is in it.

    Raises NotFound."""
    recording = await Recording.get_or_none(id=recording_id)
    if recording is None or recording.state in GONE:
        raise NotFound(message=NO_RECORDING)
    session, role = await reader(recording.session_id, viewer)
    return recording, session, role


# --- rows to values


async def _segments(recording: Recording) -> list[Segment]:
    return await Segment.filter(recording_id=recording.id).order_by("start_ms", "id")


async def _unwritten(session: SessionCard) -> RecordingView:
    """No row yet: either writing began a moment ago, or nothing was ever written."""
    begun = await classroom.recording_begun(session.id)
    waiting = session.recording == "auto" and session.status == "live"
    state = "recording" if begun else "waiting_consent" if waiting else "off"
    recording_id, started_at = begun or (None, None)
    return RecordingView(recording_id, state, started_at, 0, 0, None, ())


async def _view(recording: Recording) -> RecordingView:
    gone = recording.state in GONE
    segments = [] if gone else await _segments(recording)
    film = None if gone else await lesson_file(recording.id)
    names = await classroom.participant_names(recording.session_id)
    composed = film if film is not None and film.state == LessonFileStatus.READY else None
    ends = (segment.start_ms + segment.duration_ms for segment in segments)
    return RecordingView(
        id=recording.id,
        state=recording.state,
        started_at=recording.origin_at,
        duration_ms=composed.duration_ms if composed else max(ends, default=0),
        size=composed.size if composed else 0,
        sha256=composed.sha256 if composed else None,
        tracks=tuple(_track(recording.id, one, names.get(one.participant, "")) for one in segments),
        film=film,
        expires_at=recording.expires_at,
        held=recording.held_at is not None and not gone,
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
