"""The rows of a lesson's polls, notes, drawings, timer and end.

Each function may be called again with the same values. What browsers name by ids of their own is looked
for within the lesson only: an id of another lesson's row is refused by the database.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from server.classroom.models import RoomState
from server.classroom.teaching.board import Drawing
from server.classroom.teaching.desk import Ending, Timer
from server.classroom.teaching.models import BoardItem, NoteBlock, Poll, PollVote, WrapUp
from server.classroom.teaching.notes import Paragraph
from server.classroom.teaching.polls import AskedPoll


async def save_poll(session_id: UUID, poll: AskedPoll) -> None:
    values: dict[str, Any] = {"closed_at": poll.closed_at, "shown_at": poll.shown_at}
    if not await Poll.filter(public_id=poll.id, session_id=session_id).update(**values):
        await Poll.create(
            public_id=poll.id,
            session_id=session_id,
            question=poll.question,
            answers=list(poll.answers),
            many=poll.many,
            asked_at=poll.asked_at,
            **values,
        )


async def delete_poll(session_id: UUID, id: str) -> None:
    await Poll.filter(public_id=id, session_id=session_id).delete()


async def save_vote(
    session_id: UUID, poll_id: str, seat_id: int, chosen: Sequence[int], now: datetime
) -> None:
    poll = await Poll.get(public_id=poll_id, session_id=session_id)
    await PollVote.update_or_create({"chosen": list(chosen), "at": now}, poll_id=poll.id, seat_id=seat_id)


async def save_timer(session_id: UUID, timer: Timer) -> None:
    room = RoomState.filter(session_id=session_id)
    await room.update(timer_ends_at=timer.ends_at, timer_label=timer.label)


async def save_paragraph(session_id: UUID, one: Paragraph) -> None:
    values: dict[str, Any] = {
        "place": one.place,
        "text": one.text,
        "version": one.version,
        "seat_id": one.author.seat_id,
        "at": one.at,
        "removed_at": one.removed_at,
    }
    if not await NoteBlock.filter(public_id=one.id, session_id=session_id).update(**values):
        await NoteBlock.create(public_id=one.id, session_id=session_id, **values)


async def save_drawing(session_id: UUID, seat_id: int, drawing: Drawing) -> None:
    """`seat_id` is its owner's, where it is new."""
    values: dict[str, Any] = {
        "item": drawing.item.model_dump(mode="json"),
        "removed_at": drawing.removed_at,
    }
    if not await BoardItem.filter(public_id=drawing.id, session_id=session_id).update(**values):
        await BoardItem.create(
            public_id=drawing.id, session_id=session_id, seat_id=seat_id, at=drawing.at, **values
        )


async def save_removal(session_id: UUID, ids: Collection[str], at: datetime | None) -> None:
    """Many drawings went or came back at once."""
    await BoardItem.filter(session_id=session_id, public_id__in=ids).update(removed_at=at)


async def save_ending(session_id: UUID, ending: Ending, now: datetime) -> None:
    values: dict[str, Any] = {
        "reached": sorted(ending.reached),
        "takeaways": ending.takeaways,
        "homework": ending.homework,
        "updated_at": now,
    }
    if not await WrapUp.filter(session_id=session_id).update(**values):
        await WrapUp.create(session_id=session_id, **values)
