"""What the pages of calls are rendered with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from media.protocol.control import Way
from server.classroom.measures.calls import Call, Met
from server.classroom.measures.legs import Leg
from server.classroom.measures.pictures import pictures
from server.classroom.measures.quality import PersonsQuality, person_quality
from server.classroom.measures.words import YOU, Timed, spells, verdict
from server.edge.paging import Part

SIX = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
LONG = "Maximiliane-Théodora von Hohenschwangau-Featherstonehaugh"


def course(minutes: int, *, weak: range = range(0), node: range = range(0)) -> list[Timed]:
    found = []
    for at in range(minutes):
        lost = 160 + 13 * (at % 5) if at in weak else at % 4
        faults = {"up": 40_000} if at in weak else {"node": 20_000} if at in node else {}
        leg = Leg(
            parts=[str(at)],
            span_ms=60_000,
            up=Way(packets=1900, lost=lost, octets=5_200_000, jitter_ms=6, layers={"f": 60_000}),
            down=Way(
                packets=2000,
                lost=lost // 3,
                octets=6_100_000,
                layers={"f": 38_000, "h": 15_000, "q": 5_000, "none": 2_000},
            ),
            rtt_ms=38 + 11 * (at % 3) + (140 if at in weak else 0),
            rtt_p95_ms=90,
            freezes=2 * (at in weak),
            frozen_ms=2600 * (at in weak),
            faults=faults,
        )
        found.append(Timed(SIX + timedelta(minutes=at), leg))
    return found


def person(name: str, role: str, minutes: list[Timed], number: int = 1) -> PersonsQuality:
    return person_quality(str(UUID(int=number)), number, name, role, minutes)


def call_pages(session: Any, other: Any, learner: Any, mentor: Any) -> Mapping[str, tuple[Any, ...]]:
    weak = course(48, weak=range(12, 16), node=range(30, 32))
    own, long = person("Ines Albers", "learner", weak), person(LONG, "learner", course(45), 2)
    nobody = person("Jun Sato", "learner", [], 3)
    page = {
        "session": session,
        "own": own,
        "at_fault": "learner",
        "desk": "learner",
        "sentences": own.said_to(1),
    }
    one = {**page, "people": [own], "shown": own, "pictures": pictures(own, "Europe/Berlin")}
    all_ = {
        **page,
        "people": [own, long, nobody],
        "shown": long,
        "sentences": long.said_to(1),
        "pictures": pictures(long, "Europe/Berlin"),
        "desk": "mentor",
    }
    none = {**page, "people": [nobody], "shown": nobody, "pictures": None, "sentences": []}
    listed = {
        "calls": [_call(session, weak, True), _call(other, course(30), False), _call(session, [], False)],
        "page": Part(1, 2, 6),
        "people": [Met("tomasz", "Tomasz Wiśniewski", "mentor"), Met("max", LONG, "learner")],
        "met": "",
        "desk": "learner",
    }
    empty = {**listed, "calls": [], "page": Part(1, 20, 0), "people": []}
    return {
        "calls": ("classroom/calls.html", listed, learner),
        "calls-none": ("classroom/calls.html", empty, learner),
        "calls-none-mentor": ("classroom/calls.html", {**empty, "desk": "mentor"}, mentor),
        "calls-nobody": ("classroom/calls.html", {**listed, "calls": [], "met": "max"}, learner),
        "call": ("classroom/call.html", one, learner),
        "call-of-another": ("classroom/call.html", all_, mentor),
        "call-unmeasured": ("classroom/call.html", none, learner),
    }


def _call(session: Any, minutes: list[Timed], recorded: bool) -> Call:
    return Call(
        session=session,
        came_at=SIX,
        seconds=len(minutes) * 60 or 40,
        role="learner",
        people=[
            Met("tomasz", "Tomasz Wiśniewski", "mentor"),
            *(Met(f"p{number}", LONG, "learner") for number in range(4 if recorded else 0)),
        ],
        measured=len(minutes),
        verdict=verdict(YOU, len(minutes), spells(minutes)),
        recorded=recorded,
    )
