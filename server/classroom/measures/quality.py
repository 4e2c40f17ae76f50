"""How a lesson's media were, for everybody who was in it: the report that is kept with the booking."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from server.classroom.measures.legs import Leg, lost_share, summed
from server.classroom.measures.models import QualityMinute
from server.classroom.measures.words import (
    YOU,
    Cause,
    Side,
    Spell,
    Timed,
    minutes_by_cause,
    side_at_fault,
    spells,
    verdict,
)
from server.classroom.models import Seat

BAD_SHARE = 5  # one minute in so many by the node, and the lesson counts as hurt by it
BAD_MINUTES = 2


@dataclass(frozen=True, slots=True)
class WayReport:
    """One way: `lost` is a share from 0 to 1, `layers` shares of the time of pictures."""

    lost: float
    kbits: int
    jitter_ms: float
    layers: dict[str, float]


@dataclass(frozen=True, slots=True)
class PersonsQuality:
    """One participant's report. `verdict` are sentences, each with the times it is about if it has any;
    `bad` are minutes by cause."""

    participant: str
    user_id: int
    name: str
    role: str
    minutes: int
    rtt_ms: int | None
    rtt_p95_ms: int | None
    freezes: int
    frozen_ms: int
    up: WayReport
    down: WayReport
    verdict: Sequence[tuple[str, Spell | None]]
    bad: dict[Cause, int]
    course: Sequence[Timed] = field(repr=False, default=())

    @property
    def good(self) -> bool:
        return self.minutes > 0 and not self.bad

    def said_to(self, user_id: int) -> Sequence[tuple[str, Spell | None]]:
        """The verdict in words for a certain reader."""
        return verdict(YOU if user_id == self.user_id else self.name, self.minutes, spells(self.course))


@dataclass(frozen=True, slots=True)
class Quality:
    """`at_fault` is whose side spoilt most of the lesson, if it was spoilt."""

    people: Sequence[PersonsQuality]
    at_fault: Side | None

    def of(self, user_id: int) -> PersonsQuality | None:
        return next((one for one in self.people if one.user_id == user_id), None)


async def report(session_id: UUID) -> Quality:
    """Everybody with a seat, the mentor first. Two queries."""
    seats = await Seat.filter(session_id=session_id).order_by("id")
    courses: defaultdict[int, list[Timed]] = defaultdict(list)
    for row in await QualityMinute.filter(session_id=session_id).order_by("at"):
        courses[row.seat_id].append(Timed(row.at, Leg.model_validate(row.leg)))
    people = [
        person_quality(str(seat.public_id), seat.user_id, seat.name, seat.role, courses[seat.id])
        for seat in seats
    ]
    people.sort(key=lambda one: one.role != "mentor")
    roles = {one.participant: one.role for one in people}
    return Quality(people, side_at_fault(roles, {one.participant: one.bad for one in people}))


def node_failed(quality: Quality) -> bool:
    """Whether the media node hurt the lesson of anybody: a technical rating is not the mentor's then."""
    return any(
        one.bad.get("node", 0) >= BAD_MINUTES or one.bad.get("node", 0) * BAD_SHARE > one.minutes
        for one in quality.people
    )


def person_quality(
    participant: str, user_id: int, name: str, role: str, course: Sequence[Timed]
) -> PersonsQuality:
    leg, found = summed(each.leg for each in course), spells(course)
    return PersonsQuality(
        participant=participant,
        user_id=user_id,
        name=name,
        role=role,
        minutes=len(course),
        rtt_ms=leg.rtt_ms,
        rtt_p95_ms=leg.rtt_p95_ms,
        freezes=leg.freezes,
        frozen_ms=leg.frozen_ms,
        up=_way(leg, "up"),
        down=_way(leg, "down"),
        verdict=verdict(name, len(course), found),
        bad=minutes_by_cause(found),
        course=course,
    )


def _way(leg: Leg, which: str) -> WayReport:
    way = getattr(leg, which)
    shown = sum(way.layers.values())
    return WayReport(
        lost=round(lost_share(way), 4),
        kbits=round(way.octets * 8 / leg.span_ms) if leg.span_ms else 0,
        jitter_ms=way.jitter_ms,
        layers={name: round(time / shown, 3) for name, time in way.layers.items()} if shown else {},
    )
