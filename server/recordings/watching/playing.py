"""All that a recording is watched with, for one reader: what the page of it shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from server.booking.service import SessionCard
from server.classroom.replay import SaidLine, absences, chat_read_by
from server.edge.access import Viewer
from server.recordings.films.service import LessonFileView
from server.recordings.shelf import RecordingView, Role, recording_of_session
from server.recordings.states import LessonFileStatus
from server.recordings.watching.service import Watch, watch_of

A_MS = timedelta(milliseconds=1)
MAKING = (LessonFileStatus.QUEUED, LessonFileStatus.COMPOSING)


@dataclass(frozen=True, slots=True)
class Missed:
    """A part of the recording in which the reader was not in the room."""

    from_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """A line of chat at its place on the recording's time line; `when` it was said before the recording
    began or after it ended, it stands at that end."""

    at_ms: int
    when: Literal["", "before", "after"]
    line: SaidLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Playing:
    """`recording` without an id: nothing was ever written."""

    session: SessionCard
    role: Role
    recording: RecordingView
    watch: Watch | None
    missed: tuple[Missed, ...]
    chat: tuple[Replayed, ...]

    @property
    def film(self) -> LessonFileView | None:
        """None: none was asked for yet."""
        return self.recording.film

    @property
    def plays_film(self) -> bool:
        return self.recording.composed

    @property
    def making(self) -> bool:
        return self.film is not None and self.film.state in MAKING


async def playing(session_id: UUID, viewer: Viewer) -> Playing:
    """Raises NotFound."""
    session, recording = await recording_of_session(session_id, viewer)
    user_id = viewer.user_id
    return Playing(
        session=session,
        role="mentor" if session.mentor_id == user_id else "learner",
        recording=recording,
        watch=await watch_of(recording.id, user_id) if recording.id else None,
        missed=await missed(session_id, user_id, recording),
        chat=await _chat(session_id, user_id, recording) if recording.composed else (),
    )


async def missed(session_id: UUID, user_id: int, recording: RecordingView) -> tuple[Missed, ...]:
    """One query, where there is anything to miss."""
    origin, length_ms = recording.started_at, recording.duration_ms
    if origin is None or not length_ms:
        return ()
    away = await absences(session_id, user_id, (origin, origin + length_ms * A_MS))
    return tuple(Missed((begin - origin) // A_MS, (end - origin) // A_MS) for begin, end in away)


async def _chat(session_id: UUID, user_id: int, recording: RecordingView) -> tuple[Replayed, ...]:
    origin, length_ms = recording.started_at, recording.duration_ms
    if origin is None:
        return ()
    return tuple(placed(line, origin, length_ms) for line in await chat_read_by(session_id, user_id))


def placed(line: SaidLine, origin: datetime, length_ms: int) -> Replayed:
    """PURE."""
    at_ms = (line.at - origin) // A_MS
    if at_ms < 0:
        return Replayed(0, "before", line)
    return Replayed(length_ms, "after", line) if at_ms > length_ms else Replayed(at_ms, "", line)
