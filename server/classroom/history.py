"""Presence in lessons that took place before this platform knew of them: imports and demo data."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from server.booking.outcome import held_lesson
from server.classroom.models import AttendanceInterval
from server.infra.db import transactional
from server.infra.errors import Conflict


@transactional
async def record_past_presence(session_id: UUID, user_ids: Iterable[int]) -> None:
    """Write down that these people were there, with media, from the beginning of a lesson to its end.

    Raises Conflict (`wrong_state`) where it was not held, or is not over."""
    lesson = await held_lesson(session_id)
    if lesson is None:
        raise Conflict
    rows = [
        AttendanceInterval(
            session_id=session_id,
            user_id=user_id,
            kind=kind,
            started_at=lesson.started_at,
            ended_at=lesson.ended_at,
        )
        for user_id in user_ids
        for kind in ("socket", "media")
    ]
    await AttendanceInterval.bulk_create(rows)
