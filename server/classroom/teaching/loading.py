"""A desk as the database remembers it."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from pydantic import TypeAdapter

from media.protocol.teaching import Item
from server.booking import service as booking
from server.classroom.models import RoomState
from server.classroom.teaching.board import Board, Drawing
from server.classroom.teaching.desk import Desk, Ending, Timer
from server.classroom.teaching.models import BoardItem, NoteBlock, Poll, PollVote, WrapUp
from server.classroom.teaching.notes import Author, Notes, Paragraph
from server.classroom.teaching.polls import AskedPoll, Polls

ITEM: TypeAdapter[Item] = TypeAdapter(Item)


async def load_desk(session_id: UUID) -> Desk:
    """Everything of a lesson. Seven queries."""
    return Desk(
        objectives=await booking.objectives_of(session_id),
        polls=Polls(await _polls(session_id)),
        notes=Notes(await _paragraphs(session_id)),
        board=Board(await _drawings(session_id)),
        timer=await _timer(session_id),
        ending=await load_ending(session_id),
    )


async def _polls(session_id: UUID) -> list[AskedPoll]:
    votes: dict[int, dict[int, tuple[int, ...]]] = defaultdict(dict)
    for vote in await PollVote.filter(poll__session_id=session_id):
        votes[vote.poll_id][vote.seat_id] = tuple(vote.chosen)
    return [
        AskedPoll(
            str(row.public_id),
            row.question,
            tuple(row.answers),
            row.many,
            row.asked_at,
            row.closed_at,
            row.shown_at,
            votes[row.id],
        )
        for row in await Poll.filter(session_id=session_id).order_by("id")
    ]


async def _paragraphs(session_id: UUID) -> list[Paragraph]:
    return [
        Paragraph(
            str(row.public_id),
            row.place,
            row.text,
            row.version,
            Author(row.seat_id, row.seat.name),
            row.at,
            row.removed_at,
        )
        for row in await NoteBlock.filter(session_id=session_id).order_by("id").select_related("seat")
    ]


async def _drawings(session_id: UUID) -> list[Drawing]:
    rows = BoardItem.filter(session_id=session_id).order_by("id")
    columns = ("public_id", "item", "at", "removed_at", "seat__public_id")
    return [
        Drawing(
            str(row["public_id"]),
            str(row["seat__public_id"]),
            ITEM.validate_python(row["item"]),
            row["at"],
            row["removed_at"],
        )
        for row in await rows.values(*columns)
    ]


async def _timer(session_id: UUID) -> Timer:
    room = await RoomState.get_or_none(session_id=session_id)
    return Timer(room.timer_ends_at, room.timer_label) if room else Timer()


async def load_ending(session_id: UUID) -> Ending:
    """Empty where nothing was written."""
    row = await WrapUp.get_or_none(session_id=session_id)
    return Ending(set(row.reached), row.takeaways, row.homework) if row else Ending()
