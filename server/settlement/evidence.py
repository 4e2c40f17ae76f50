"""What was measured of a lesson, and how it is kept with a verdict: times as texts, spans as pairs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from server.booking.models import Session
from server.classroom.measures import service as measures
from server.classroom.measures.legs import MINUTE
from server.classroom.measures.words import Timed, cause_of
from server.classroom.models import AttendanceInterval
from server.edge.api import timestamp
from server.settlement.rule import AROUND, Presence
from server.settlement.spans import Spans, both, joined

KINDS = {"media": "media", "socket": "room"}
PARTS = ("media", "room", "node", "own")


@dataclass(frozen=True, slots=True)
class Measured:
    """A lesson that is over: everybody's presence, by their number."""

    session: Session
    people: Mapping[int, Presence] = field(default_factory=dict)

    def of(self, user_id: int) -> Presence:
        return self.people.get(user_id, Presence())


async def measured(session: Session) -> Measured:
    """Three queries."""
    over_at = session.ended_at or session.ends_at
    around = ((session.starts_at - AROUND, max(over_at, session.ends_at) + AROUND),)
    spans: defaultdict[int, defaultdict[str, list[tuple[datetime, datetime]]]]
    spans = defaultdict(lambda: defaultdict(list))
    for one in await AttendanceInterval.filter(session_id=session.id):
        spans[one.user_id][KINDS[one.kind]].append((one.started_at, one.ended_at or over_at))
    for person in (await measures.quality(session.id)).people:
        spans[person.user_id]["node"] += _minutes(person.course, "node")
        spans[person.user_id]["own"] += _minutes(person.course, "self")
    people = {
        user_id: Presence(**{name: both(found[name], around) for name in PARTS})
        for user_id, found in spans.items()
    }
    return Measured(session, people)


def _minutes(course: Iterable[Timed], cause: str) -> list[tuple[datetime, datetime]]:
    return [(one.at, one.at + MINUTE) for one in course if cause_of(one.leg) == cause]


# --- as it is kept


def kept(found: Measured, learner_id: int) -> dict[str, Any]:
    session = found.session
    return {
        "starts_at": timestamp(session.starts_at),
        "ends_at": timestamp(session.ends_at),
        "ended_at": timestamp(session.ended_at) if session.ended_at else None,
        "status": session.status,
        "mentor": _texts(found.of(session.mentor_id)),
        "learner": _texts(found.of(learner_id)),
    }


def _texts(one: Presence) -> dict[str, list[list[str]]]:
    return {
        name: [[begin.isoformat(), end.isoformat()] for begin, end in getattr(one, name)]
        for name in PARTS
    }


def read(evidence: Mapping[str, Any], whose: str) -> Presence:
    """Of the "mentor" or the "learner"."""
    return Presence(**{name: _spans(evidence[whose][name]) for name in PARTS})


def read_at(evidence: Mapping[str, Any], name: str) -> datetime:
    return datetime.fromisoformat(evidence[name])


def _spans(texts: Sequence[Sequence[str]]) -> Spans:
    return joined((datetime.fromisoformat(begin), datetime.fromisoformat(end)) for begin, end in texts)
