"""What a person left in classrooms, for them to take along. Lessons stay whole: they are others' too."""

from __future__ import annotations

from typing import Any

from server.classroom.check.models import TechnicalCheck
from server.classroom.conduct.models import ChatFile, Removal, RoomEvent
from server.classroom.measures.models import Engagement, QualityMinute
from server.classroom.models import AttendanceInterval, ChatMessage, Consent, Seat, Ticket
from server.classroom.teaching.models import BoardItem, NoteBlock, PollVote
from server.infra.personal import DELETED_PERSON, Rows, erased, exported

LESSON = "it is part of a lesson that others were in"

ROWS = (
    Rows(Seat, "user_id", "seats", secret=("resume_hash",), stay=LESSON),
    Rows(ChatMessage, "seat__user_id", "chat", stay=LESSON),
    Rows(Consent, "user_id", "consents", stay="it says why somebody may be heard in a recording"),
    Rows(AttendanceInterval, "user_id", "presence", stay="it says whether a lesson took place"),
    Rows(ChatFile, "seat__user_id", "chat_files", secret=("storage_key",), stay=LESSON),
    Rows(RoomEvent, "seat__user_id", "room_events", stay=LESSON),
    Rows(Removal, "user_id", "removals", stay="it says who may not enter a room"),
    Rows(Removal, "by_id", why="it is about who was put out"),
    Rows(PollVote, "seat__user_id", "votes", stay=LESSON),
    Rows(NoteBlock, "seat__user_id", "notes", stay=LESSON),
    Rows(BoardItem, "seat__user_id", "drawings", stay=LESSON),
    Rows(TechnicalCheck, "user_id", "technical_checks"),
    Rows(QualityMinute, "seat__user_id", "quality", stay=LESSON),
    Rows(Engagement, "seat__user_id", "engagement", stay=LESSON),
    Rows(Ticket, "user_id", why="they open a room once, within a minute, and say nothing"),
)


async def export(user_id: int) -> dict[str, Any]:
    return await exported(ROWS, user_id)


async def erase(user_id: int) -> None:
    """Seats keep the names that people had in lessons."""
    await erased(ROWS, user_id)
    await Seat.filter(user_id=user_id).update(name=DELETED_PERSON, resume_hash=None)
