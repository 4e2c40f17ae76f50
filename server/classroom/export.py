"""What a person left in classrooms, for them to take along. Lessons stay whole: they are others' too."""

from __future__ import annotations

from typing import Any

from server.classroom.models import AttendanceInterval, ChatMessage, Consent, Seat, Ticket
from server.infra.personal import DELETED_PERSON, Rows, erased, exported

LESSON = "it is part of a lesson that others were in"

ROWS = (
    Rows(Seat, "user_id", "seats", secret=("resume_hash",), stay=LESSON),
    Rows(ChatMessage, "seat__user_id", "chat", stay=LESSON),
    Rows(Consent, "user_id", "consents", stay="it says why somebody may be heard in a recording"),
    Rows(AttendanceInterval, "user_id", "presence", stay="it says whether a lesson took place"),
    Rows(Ticket, "user_id", why="they open a room once, within a minute, and say nothing"),
)


async def export(user_id: int) -> dict[str, Any]:
    return await exported(ROWS, user_id)


async def erase(user_id: int) -> None:
    """Seats keep the names that people had in lessons."""
    await erased(ROWS, user_id)
    await Seat.filter(user_id=user_id).update(name=DELETED_PERSON, resume_hash=None)
