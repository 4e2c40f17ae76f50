"""What happened in a lesson, for its recording: read from the database, whether or not its room is up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from server.classroom.conduct.models import RoomEvent
from server.classroom.models import Seat
from server.classroom.teaching.models import Poll

# What only its author sees is not of the recording: "lost me", and moments that a learner marked.
OF_THE_LESSON = (
    "hand",
    "hand-lowered",
    "screen",
    "screen-end",
    "poll",
    "objective",
    "caption",
    "recording-pause",
    "recording-resume",
    "recording-stop",
)


@dataclass(frozen=True, slots=True)
class Happening:
    """`participant` did it; `detail` is as the room event has it."""

    at: datetime
    kind: str
    participant: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    role: str


async def happenings(session_id: UUID) -> list[Happening]:
    """In the order of time: what everybody in the room could see. Three queries.

    Of the marked moments those of the mentor; polls that were taken back are not among them."""
    polls = Poll.filter(session_id=session_id).values_list("public_id", flat=True)
    asked = {str(poll) for poll in await polls}
    return [
        one for one in await _events(session_id) if one.kind != "poll" or one.detail.get("poll") in asked
    ]


async def _events(session_id: UUID) -> list[Happening]:
    columns = ("at", "id", "kind", "detail", "seat__public_id")
    common = RoomEvent.filter(session_id=session_id, kind__in=OF_THE_LESSON)
    marked = RoomEvent.filter(session_id=session_id, kind="moment", seat__role="mentor")
    rows = [*await common.values(*columns), *await marked.values(*columns)]
    rows.sort(key=lambda row: (row["at"], row["id"]))
    return [Happening(row["at"], row["kind"], str(row["seat__public_id"]), row["detail"]) for row in rows]


async def people_of(session_id: UUID) -> dict[str, Person]:
    """Everybody who ever was in the room, by participant id."""
    seats = await Seat.filter(session_id=session_id)
    return {str(seat.public_id): Person(seat.name, seat.role) for seat in seats}
