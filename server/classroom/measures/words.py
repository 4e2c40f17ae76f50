"""What somebody's minutes come to, in plain words. PURE."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from server.classroom.measures.legs import MINUTE, Leg

Cause = Literal["self", "other", "node"]
Side = Literal["learner", "mentor", "node"]

BAD_MS = 12_000  # of a minute: a fifth of it, from which on people remember the minute
NODE_BAD_MS = 5_000  # a node that fails everybody counts sooner
OWN = ("up", "down")
YOU = ""  # as a name: who reads it


@dataclass(frozen=True, slots=True)
class Timed:
    """One minute of one person."""

    at: datetime
    leg: Leg


@dataclass(frozen=True, slots=True)
class Spell:
    """Minutes in a row in which something was wrong by one cause; `until` is their end."""

    cause: Cause
    since: datetime
    until: datetime

    @property
    def minutes(self) -> int:
        return round((self.until - self.since) / MINUTE)


def cause_of(leg: Leg) -> Cause | None:
    """What was wrong in a minute for long enough to be remembered, if anything."""
    times = Counter(leg.faults)
    if times["node"] >= NODE_BAD_MS:
        return "node"
    own = max(times[way] for way in OWN)
    if own >= BAD_MS:
        return "self"
    return "other" if times["other"] >= BAD_MS else None


def spells(minutes: Iterable[Timed]) -> list[Spell]:
    """Bad times, in order; the minutes have to be."""
    found: list[Spell] = []
    for minute in minutes:
        cause = cause_of(minute.leg)
        if cause is None:
            continue
        until = minute.at + MINUTE
        if found and found[-1].cause == cause and found[-1].until == minute.at:
            found[-1] = Spell(cause, found[-1].since, until)
        else:
            found.append(Spell(cause, minute.at, until))
    return found


def minutes_by_cause(found: Iterable[Spell]) -> dict[Cause, int]:
    total: Counter[Cause] = Counter()
    for spell in found:
        total[spell.cause] += spell.minutes
    return dict(total)


def verdict(name: str, measured: int, found: Sequence[Spell]) -> list[tuple[str, Spell | None]]:
    """Sentences about one person's media. Spells of the node are said by their times, which whoever shows
    them writes in the reader's zone: hence the spell beside the words."""
    if not measured:
        return [("Nothing was measured: no media ever connected", None)]
    by_cause = minutes_by_cause(found)
    said: list[tuple[str, Spell | None]] = []
    if "self" in by_cause:
        side = "your" if name == YOU else f"{name}’s"
        said.append((f"Weak network on {side} side for {by_cause['self']} min", None))
    if "other" in by_cause:
        said.append((f"Somebody else’s network was weak for {by_cause['other']} min", None))
    said += [("The media node was at fault", spell) for spell in found if spell.cause == "node"]
    return said or [("Good", None)]


def side_at_fault(roles: Mapping[str, str], minutes: Mapping[str, Mapping[Cause, int]]) -> Side | None:
    """Whose side spoilt most of the lesson, if it was spoilt at all: by participant their role and their
    bad minutes. The platform answers first: where the node failed as long as people did, it is the
    node's."""
    node = max((each.get("node", 0) for each in minutes.values()), default=0)
    sides: dict[Side, int] = {"node": node, "mentor": 0, "learner": 0}
    for participant, each in minutes.items():
        side: Side = "learner" if roles[participant] == "learner" else "mentor"
        sides[side] = max(sides[side], each.get("self", 0))
    worst = max(sides, key=lambda side: sides[side])
    return worst if sides[worst] else None
