"""What `/api/v1` says of measurements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.classroom.measures.calls import Call, Met
from server.classroom.measures.quality import PersonsQuality, Quality, WayReport
from server.classroom.measures.words import Spell


@dataclass(frozen=True, slots=True)
class VerdictShape:
    """`since` and `until` where it is about a certain time."""

    text: str
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class MinuteShape:
    """`faults`: milliseconds in which something was wrong, by whose it was."""

    at: datetime
    up_lost: int
    up_packets: int
    down_lost: int
    down_packets: int
    rtt_ms: int | None
    freezes: int
    faults: dict[str, int]


@dataclass(frozen=True, slots=True)
class PersonShape:
    participant: UUID
    name: str
    role: str
    minutes: int
    verdict: list[VerdictShape]
    bad_minutes: dict[str, int]
    rtt_ms: int | None
    rtt_p95_ms: int | None
    freezes: int
    frozen_ms: int
    up: WayReport
    down: WayReport
    course: list[MinuteShape]


@dataclass(frozen=True, slots=True)
class QualityShape:
    """`at_fault`: learner, mentor or node, where the lesson was spoilt; `mine` is None for who was not
    there. The mentor reads everybody's, others their own."""

    at_fault: str | None
    mine: PersonShape | None
    participants: list[PersonShape]


@dataclass(frozen=True, slots=True)
class PersonMet:
    username: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class CallShape:
    session_id: UUID
    title: str
    url: str
    came_at: datetime
    seconds: int
    role: str
    people: list[PersonMet]
    good: bool
    verdict: list[VerdictShape]
    quality_url: str
    recordings_url: str | None


def quality_shape(quality: Quality, user_id: int, *, everybody: bool) -> QualityShape:
    mine = quality.of(user_id)
    told: Sequence[PersonsQuality] = quality.people if everybody else [mine] if mine else []
    people = [_person(one) for one in told]
    own = next((one for one in people if mine and str(one.participant) == mine.participant), None)
    return QualityShape(at_fault=quality.at_fault, mine=own, participants=people)


def call_shape(call: Call) -> CallShape:
    session = call.session
    return CallShape(
        session_id=session.id,
        title=session.title,
        url=session.url,
        came_at=call.came_at,
        seconds=call.seconds,
        role=call.role,
        people=[_met(one) for one in call.people],
        good=call.good,
        verdict=_verdict(call.verdict),
        quality_url=f"/communication/calls/{session.id}",
        recordings_url=f"{session.url}/recordings" if call.recorded else None,
    )


def _met(one: Met) -> PersonMet:
    return PersonMet(one.username, one.name, one.role)


def _verdict(said: Sequence[tuple[str, Spell | None]]) -> list[VerdictShape]:
    return [
        VerdictShape(text, spell.since if spell else None, spell.until if spell else None)
        for text, spell in said
    ]


def _person(one: PersonsQuality) -> PersonShape:
    return PersonShape(
        participant=UUID(one.participant),
        name=one.name,
        role=one.role,
        minutes=one.minutes,
        verdict=_verdict(one.verdict),
        bad_minutes={str(cause): minutes for cause, minutes in one.bad.items()},
        rtt_ms=one.rtt_ms,
        rtt_p95_ms=one.rtt_p95_ms,
        freezes=one.freezes,
        frozen_ms=one.frozen_ms,
        up=one.up,
        down=one.down,
        course=[
            MinuteShape(
                at=minute.at,
                up_lost=minute.leg.up.lost,
                up_packets=minute.leg.up.packets,
                down_lost=minute.leg.down.lost,
                down_packets=minute.leg.down.packets,
                rtt_ms=minute.leg.rtt_ms,
                freezes=minute.leg.freezes,
                faults=minute.leg.faults,
            )
            for minute in one.course
        ],
    )
