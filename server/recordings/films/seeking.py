"""Which recordings have no film yet."""

from __future__ import annotations

from uuid import UUID

from server.infra import db
from server.recordings.models import LessonFile
from server.recordings.states import LessonFileStatus, RecordingStatus

WITHOUT = """
SELECT id FROM recording WHERE state = ?
    AND NOT EXISTS (SELECT 1 FROM lesson_file WHERE lesson_file.recording_id = recording.id)
ORDER BY finished_at DESC LIMIT ?
"""


async def never_asked(limit: int) -> list[UUID]:
    """Recordings that are ready and of which no film was asked for, the newest first."""
    rows = await db.fetch(WITHOUT, [RecordingStatus.READY.value, limit])
    return [UUID(str(row["id"])) for row in rows]


async def waiting(limit: int) -> list[UUID]:
    """Those whose film is still to come, the longest waiting first. Recordings that are gone meanwhile
    wait for nothing."""
    open_ = (LessonFileStatus.QUEUED, LessonFileStatus.COMPOSING)
    found = LessonFile.filter(state__in=open_, recording__state=RecordingStatus.READY)
    return [row.recording_id for row in await found.order_by("queued_at").limit(limit)]
