"""The lessons that somebody was in, the newest first: with whom, how long, how it went. All measured by
the server and the media node."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tortoise.expressions import Subquery
from tortoise.functions import Min
from tortoise.queryset import QuerySet

from server.booking import service as booking
from server.booking.service import SessionCard
from server.classroom.attendance import union_length
from server.classroom.measures.legs import Leg
from server.classroom.measures.models import QualityMinute
from server.classroom.measures.words import YOU, Spell, Timed, spells, verdict
from server.classroom.models import AttendanceInterval, RoomState, Seat
from server.infra import clock

PEOPLE_MOST = 200  # that a filter offers


@dataclass(frozen=True, slots=True)
class Met:
    """Somebody who was in the lesson, too."""

    username: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Call:
    """One lesson of one person. `seconds` is how long they were in the room themselves; `verdict` are
    sentences about their own media, each with the time it is about if it has one."""

    session: SessionCard
    came_at: datetime
    seconds: int
    role: str
    people: Sequence[Met]
    measured: int
    verdict: Sequence[tuple[str, Spell | None]]
    recorded: bool

    @property
    def minutes(self) -> int:
        """Rounded up."""
        return -(-self.seconds // 60)

    @property
    def good(self) -> bool:
        return self.measured > 0 and self.verdict[0][0] == "Good"


async def calls(user_id: int, met: str, offset: int, limit: int) -> tuple[list[Call], int]:
    """A part of somebody's calls, and how many there are in all; `met` is the username of somebody who
    has to have been there, "" for anybody."""
    found = _of(user_id, met)
    total = len(await found.distinct().values_list("session_id", flat=True))
    first = found.group_by("session_id").annotate(came_at=Min("started_at")).order_by("-came_at")
    rows = await first.offset(offset).limit(limit).values("session_id", "came_at")
    return await _described(user_id, {row["session_id"]: row["came_at"] for row in rows}), total


async def people_met(user_id: int) -> list[Met]:
    """Everybody who was ever in a lesson with this person, by name."""
    own = AttendanceInterval.filter(user_id=user_id).values("session_id")
    others = AttendanceInterval.filter(session_id__in=Subquery(own)).exclude(user_id=user_id)
    names = others.filter(user__username__isnull=False).distinct().limit(PEOPLE_MOST)
    rows = await names.values("user__username", "user__name")
    met = [Met(row["user__username"], row["user__name"] or row["user__username"], "") for row in rows]
    return sorted(met, key=lambda one: one.name.casefold())


def _of(user_id: int, met: str) -> QuerySet[AttendanceInterval]:
    found = AttendanceInterval.filter(user_id=user_id)
    if met:
        there = AttendanceInterval.filter(user__username=met).values("session_id")
        found = found.filter(session_id__in=Subquery(there))
    return found


async def _described(user_id: int, came: dict[UUID, datetime]) -> list[Call]:
    """Six queries, however many calls."""
    ids = list(came)
    cards = await booking.cards_by_id(ids)
    seats = await _seats(ids)
    there = await _presence(ids)
    own = {seat.session_id: seat for seat in seats if seat.user_id == user_id}
    courses = await _courses([seat.id for seat in own.values()])
    recorded = await RoomState.filter(session_id__in=ids, recording_id__isnull=False).values_list(
        "session_id", flat=True
    )
    return [
        Call(
            session=cards[id],
            came_at=came[id],
            seconds=round(there[id][user_id]),
            role=own[id].role,
            people=_met(seats, id, user_id, there[id]),
            measured=len(courses[own[id].id]),
            verdict=verdict(YOU, len(courses[own[id].id]), spells(courses[own[id].id])),
            recorded=id in set(recorded),
        )
        for id in ids
        if id in cards and id in own
    ]


async def _seats(ids: list[UUID]) -> list[Seat]:
    return await Seat.filter(session_id__in=ids).prefetch_related("user").order_by("id")


def _met(seats: Sequence[Seat], id: UUID, user_id: int, there: dict[int, float]) -> list[Met]:
    """The others who came, the mentor first."""
    others = [
        Met(seat.user.username, seat.name, seat.role)  # type: ignore[attr-defined]
        for seat in seats
        if seat.session_id == id and seat.user_id != user_id and seat.user_id in there
    ]
    return sorted(others, key=lambda one: one.role != "mentor")


async def _presence(ids: list[UUID]) -> dict[UUID, dict[int, float]]:
    """Seconds in the room, by lesson and person."""
    now = clock.now()
    spans: defaultdict[tuple[UUID, int], list[tuple[datetime, datetime]]] = defaultdict(list)
    for one in await AttendanceInterval.filter(session_id__in=ids):
        spans[one.session_id, one.user_id].append((one.started_at, one.ended_at or now))
    found: dict[UUID, dict[int, float]] = {id: {} for id in ids}
    for (id, person), each in spans.items():
        found[id][person] = union_length(each).total_seconds()
    return found


async def _courses(seat_ids: list[int]) -> dict[int, list[Timed]]:
    """Of each minute whose fault it was: nothing else is read of it."""
    found: dict[int, list[Timed]] = {id: [] for id in seat_ids}
    rows = QualityMinute.filter(seat_id__in=seat_ids).order_by("at")
    for row in await rows.values("seat_id", "at", "leg"):
        leg = Leg.model_construct(faults=row["leg"]["faults"])
        found[row["seat_id"]].append(Timed(row["at"], leg))
    return found
