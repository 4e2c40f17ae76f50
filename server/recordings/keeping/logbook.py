"""Who fetched what of a recording. A player asks for a film in many parts: those that one person fetched
of one file, with no more than half an hour between two, are one line of the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from server.accounts import service as accounts
from server.booking.service import SessionCard
from server.classroom import service as classroom
from server.edge.access import Viewer
from server.infra import clock, db
from server.infra.db import transactional
from server.infra.errors import Forbidden
from server.recordings.files import StoredFile
from server.recordings.models import LessonFile, Recording, RecordingAccess, Segment
from server.recordings.shelf import reader

ONE_SITTING = timedelta(minutes=30)
LESSON_FILE = "lesson-file"
SECONDS = {  # whole ones: of two floating-point numbers half an hour is a little more, now and then
    "sqlite": "CAST(strftime('%s', access.at) AS INTEGER)",
    "postgres": "FLOOR(EXTRACT(EPOCH FROM access.at))::bigint",
}
# A sitting begins where somebody's last part of that file is too long ago; they are numbered by counting
# what begins.
SITTINGS = """
WITH parts AS (
    SELECT access.id, access.user_id, COALESCE(access.segment_id, 0) AS segment_id, access.at,
        access.bytes, {seconds} AS second
    FROM recording_access access LEFT JOIN recording_segment segment ON segment.id = access.segment_id
    WHERE access.recording_id = ? OR segment.recording_id = ?
), gaps AS (
    SELECT parts.*, CASE WHEN second - LAG(second) OVER (
        PARTITION BY user_id, segment_id ORDER BY at, id) <= {apart} THEN 0 ELSE 1 END AS begins
    FROM parts
), numbered AS (
    SELECT gaps.*, SUM(begins) OVER (PARTITION BY user_id, segment_id ORDER BY at, id) AS sitting
    FROM gaps
), sittings AS (
    SELECT user_id, segment_id, sitting, MIN(id) AS first_id, MAX(id) AS last_id, COUNT(*) AS parts,
        SUM(bytes) AS bytes
    FROM numbered GROUP BY user_id, segment_id, sitting
)
"""
PAGE = "SELECT * FROM sittings ORDER BY last_id DESC LIMIT ? OFFSET ?"
COUNT = "SELECT COUNT(*) AS lines FROM sittings"


@dataclass(frozen=True, slots=True)
class Line:
    """One sitting of one person at one file. `source` is a track's, of `participant_name`, or
    `lesson-file`; `bytes` were sent in so many `parts`, of a file of `size`; what was played twice counts
    twice. `name` is empty where the person is gone."""

    username: str
    name: str
    source: str
    participant_name: str
    begun_at: datetime
    ended_at: datetime
    parts: int
    bytes: int
    size: int


# --- writing


@transactional
async def note_access(file: StoredFile, viewer: Viewer, first_byte: int, count: int) -> int:
    """Keep that somebody is being sent these bytes. Gives the number of the note."""
    row = await RecordingAccess.create(
        recording_id=file.recording_id,
        segment_id=file.segment_id,
        user_id=viewer.user_id,
        at=clock.now(),
        first_byte=first_byte,
        bytes=count,
    )
    return int(row.id)


@transactional
async def note_sent(number: int, count: int) -> None:
    """Fewer bytes went than were asked for: players stop when they have enough."""
    await RecordingAccess.filter(id=number).update(bytes=count)


# --- reading


async def log_of(
    session_id: UUID, viewer: Viewer, offset: int, limit: int
) -> tuple[SessionCard, list[Line], int]:
    """A part of the log of a lesson's recording, for its mentor, also when that is gone.

    Raises NotFound, Forbidden."""
    session, role = await reader(session_id, viewer)
    if role != "mentor":
        raise Forbidden(message="Only the mentor can see who fetched the recording.")
    recording = await Recording.get_or_none(session_id=session_id)
    if recording is None:
        return session, [], 0
    found, total = await lines(recording.id, session_id, offset, limit)
    return session, found, total


async def lines(recording_id: UUID, session_id: UUID, offset: int, limit: int) -> tuple[list[Line], int]:
    """A part of the log, the newest first, and how many lines there are. Six queries at most."""
    sittings, total = await _sittings(recording_id, offset, limit)
    rows = await _rows(sittings)
    people = await accounts.users_by_ids({int(row["user_id"]) for row in sittings})
    tracks = await Segment.in_bulk({int(row["segment_id"]) for row in sittings} - {0}, "id")
    film = await LessonFile.get_or_none(recording_id=recording_id)
    names = await classroom.participant_names(session_id) if tracks else {}
    found = []
    for row in sittings:
        person, track = people.get(row["user_id"]), tracks.get(row["segment_id"])
        found.append(
            Line(
                username=person.username if person else "",
                name=(person.name or person.username) if person else "",
                source=track.source if track else LESSON_FILE,
                participant_name=names.get(track.participant, "") if track else "",
                begun_at=rows[row["first_id"]].at,
                ended_at=rows[row["last_id"]].at,
                parts=int(row["parts"]),
                bytes=int(row["bytes"]),
                size=track.size if track else film.size if film else 0,
            )
        )
    return found, total


async def _sittings(recording_id: UUID, offset: int, limit: int) -> tuple[Sequence[dict[str, Any]], int]:
    sittings = SITTINGS.format(seconds=SECONDS[db.dialect()], apart=int(ONE_SITTING.total_seconds()))
    about = [recording_id, recording_id]
    page = await db.fetch(sittings + PAGE, [*about, limit, offset])
    counted = await db.fetch(sittings + COUNT, about)
    return page, int(counted[0]["lines"])


async def _rows(sittings: Sequence[dict[str, Any]]) -> dict[int, RecordingAccess]:
    """The first and the last part of each."""
    ends = {row[name] for row in sittings for name in ("first_id", "last_id")}
    return await RecordingAccess.in_bulk(ends, "id") if ends else {}
