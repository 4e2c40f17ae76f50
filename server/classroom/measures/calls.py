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


OF_SPAN = ("session_id", "user_id", "started_at", "ended_at", "user__username", "user__name")


@dataclass(frozen=True, slots=True)
class Presence:
    """Somebody who was there, for so many seconds."""

    username: str
    name: str
    seconds: float


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
    """Five queries, however many calls."""
    ids = list(came)
    cards, there = await booking.cards_by_id(ids), await _presence(ids)
    own = dict(await Seat.filter(session_id__in=ids, user_id=user_id).values_list("session_id", "id"))
    courses = await _courses(list(own.values()))
    recorded = set(await _recorded(ids))
    return [
        _call(cards[id], user_id, came[id], there[id], courses.get(own.get(id, 0), []), id in recorded)
        for id in ids
        if id in cards
    ]


def _call(
    session: SessionCard,
    user_id: int,
    came_at: datetime,
    there: dict[int, Presence],
    course: list[Timed],
    recorded: bool,
) -> Call:
    others = [
        Met(one.username, one.name, "mentor" if id == session.mentor_id else "learner")
        for id, one in there.items()
        if id != user_id
    ]
    return Call(
        session=session,
        came_at=came_at,
        seconds=round(there[user_id].seconds),
        role="mentor" if user_id == session.mentor_id else "learner",
        people=sorted(others, key=lambda one: one.role != "mentor"),
        measured=len(course),
        verdict=verdict(YOU, len(course), spells(course)),
        recorded=recorded,
    )


async def _recorded(ids: list[UUID]) -> list[UUID]:
    begun = RoomState.filter(session_id__in=ids, recording_id__isnull=False)
    return [row["session_id"] for row in await begun.values("session_id")]


async def _presence(ids: list[UUID]) -> dict[UUID, dict[int, Presence]]:
    """Who was there, and for how long, by lesson and person."""
    now, names = clock.now(), {}
    spans: defaultdict[tuple[UUID, int], list[tuple[datetime, datetime]]] = defaultdict(list)
    for row in (
        await AttendanceInterval.filter(session_id__in=ids).order_by("started_at").values(*OF_SPAN)
    ):
        spans[row["session_id"], row["user_id"]].append((row["started_at"], row["ended_at"] or now))
        names[row["user_id"]] = (row["user__username"], row["user__name"] or row["user__username"])
    found: dict[UUID, dict[int, Presence]] = {id: {} for id in ids}
    for (id, person), each in spans.items():
        found[id][person] = Presence(*names[person], union_length(each).total_seconds())
    return found


async def _courses(seat_ids: list[int]) -> dict[int, list[Timed]]:
    """Of each minute whose fault it was: nothing else is read of it."""
    found: dict[int, list[Timed]] = {id: [] for id in seat_ids}
    rows = QualityMinute.filter(seat_id__in=seat_ids).order_by("at")
    for row in await rows.values("seat_id", "at", "leg"):
        leg = Leg.model_construct(faults=row["leg"]["faults"])
        found[row["seat_id"]].append(Timed(row["at"], leg))
    return found
