"""Presence, measured: by the room socket ("socket") and by the media node ("media")."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from tortoise.expressions import F
from tortoise.queryset import QuerySet

from server.classroom.models import AttendanceInterval, RoomState

Presence = Literal["socket", "media"]
UNSEEN = timedelta(minutes=2)  # a room of which no process has spoken for so long is nowhere


@dataclass(frozen=True, slots=True)
class Came:
    """A journal entry: presence begins. One that a crash of ours left open goes on."""

    session_id: UUID
    user_id: int
    kind: Presence
    at: datetime

    async def write(self) -> None:
        if not await _open(self.session_id, self.user_id, self.kind).exists():
            await AttendanceInterval.create(
                session_id=self.session_id, user_id=self.user_id, kind=self.kind, started_at=self.at
            )

    def kept(self) -> None: ...

    def failed(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Went:
    """A journal entry: presence ended."""

    session_id: UUID
    user_id: int
    kind: Presence
    at: datetime

    async def write(self) -> None:
        await end_all(_open(self.session_id, self.user_id, self.kind), self.at)

    def kept(self) -> None: ...

    def failed(self) -> None: ...


async def close_intervals(session_id: UUID, at: datetime) -> None:
    """The lesson is over, for everybody. In a room that no process has any more it was over when the room
    was last seen."""
    room = await RoomState.get(session_id=session_id)
    seen_at = room.seen_at or at
    open_still = AttendanceInterval.filter(session_id=session_id, ended_at__isnull=True)
    await end_all(open_still, at if at - seen_at <= UNSEEN else seen_at)


async def end_all(open_intervals: QuerySet[AttendanceInterval], at: datetime) -> None:
    """End intervals that are open. Nobody goes before they came: media that began while a seat waited for
    somebody who did not come back has lasted no time."""
    await open_intervals.filter(started_at__gt=at).update(ended_at=F("started_at"))
    await open_intervals.filter(started_at__lte=at).update(ended_at=at)


async def attended(session_id: UUID, user_id: int) -> bool:
    """Whether this person was ever in the room."""
    return await AttendanceInterval.filter(session_id=session_id, user_id=user_id).exists()


async def time_present(session_id: UUID, now: datetime) -> dict[int, timedelta]:
    """For each person who came, how long they were in the room until `now`."""
    intervals = await AttendanceInterval.filter(session_id=session_id)
    spans: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for one in intervals:
        spans[one.user_id].append((one.started_at, one.ended_at or now))
    return {user_id: union_length(found) for user_id, found in spans.items()}


def union_length(spans: Iterable[tuple[datetime, datetime]]) -> timedelta:
    """How long at least one of the spans holds: socket and media overlap."""
    return sum((end - start for start, end in union(spans)), timedelta())


def union(spans: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """When at least one of the spans holds, in order."""
    found: list[tuple[datetime, datetime]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        elif end > start:
            found.append((start, end))
    return found


def _open(session_id: UUID, user_id: int, kind: Presence) -> QuerySet[AttendanceInterval]:
    return AttendanceInterval.filter(
        session_id=session_id, user_id=user_id, kind=kind, ended_at__isnull=True
    )
