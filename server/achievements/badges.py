"""Badges, as data: each counts one deed and has a goal. Pure.

A new badge is a line in `BADGES` and its picture in `web/static/badges.svg`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

EARLY_HOUR = 8  # in the person's own zone
HOUR_S = 3600

Deed = Literal["lessons", "hours", "streak", "early", "skills", "taught", "learners"]


@dataclass(frozen=True, slots=True)
class Badge:
    """`deed` names a field of `Deeds`; `says` is what it is for."""

    slug: str
    name: str
    says: str
    deed: Deed
    goal: int

    @property
    def teaching(self) -> bool:
        return self.deed in ("taught", "learners")


BADGES: tuple[Badge, ...] = (
    # --- learning
    Badge("first-lesson", "First lesson", "Attended a whole lesson", "lessons", 1),
    Badge("ten-lessons", "Ten lessons", "Attended ten lessons", "lessons", 10),
    Badge("ten-hours", "Ten hours", "Spent ten hours in lessons", "hours", 10),
    Badge("fifty-hours", "Fifty hours", "Spent fifty hours in lessons", "hours", 50),
    Badge("five-in-a-row", "Five in a row", "Attended five booked lessons without a miss", "streak", 5),
    Badge("early-riser", "Early riser", "Attended a lesson that began before eight", "early", 1),
    Badge("many-sided", "Many-sided", "Attended lessons on five different skills", "skills", 5),
    # --- teaching
    Badge("first-taught", "First lesson taught", "Taught somebody a whole lesson", "taught", 1),
    Badge("ten-taught", "Ten lessons taught", "Taught ten lessons", "taught", 10),
    Badge("ten-learners", "Ten learners", "Taught ten different people", "learners", 10),
)
BY_SLUG = {badge.slug: badge for badge in BADGES}


@dataclass(frozen=True, slots=True)
class Attended:
    """One lesson that somebody attended, as their certificate says."""

    session_id: UUID
    started_at: datetime
    zone: str
    seconds: int
    skills: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deeds:
    """What somebody has done, counted; `streak` is the longest run of booked lessons without a miss."""

    lessons: int = 0
    hours: int = 0
    streak: int = 0
    early: int = 0
    skills: int = 0
    taught: int = 0
    learners: int = 0


def deeds(
    attended: Sequence[Attended], seats: Iterable[UUID], taught: Collection[tuple[UUID, int]]
) -> Deeds:
    """`seats`: the held sessions with a seat of theirs, in order; `taught`: session and learner of each
    certificate that others got from them."""
    there = {one.session_id for one in attended}
    return Deeds(
        lessons=len(there),
        hours=sum(one.seconds for one in attended) // HOUR_S,
        streak=longest_run(session in there for session in seats),
        early=sum(one.started_at.astimezone(ZoneInfo(one.zone)).hour < EARLY_HOUR for one in attended),
        skills=len({skill for one in attended for skill in one.skills}),
        taught=len({session for session, _ in taught}),
        learners=len({learner for _, learner in taught}),
    )


def longest_run(hits: Iterable[bool]) -> int:
    """The length of the longest row of hits without a miss between them."""
    longest = run = 0
    for hit in hits:
        run = run + 1 if hit else 0
        longest = max(longest, run)
    return longest


def reached(badge: Badge, done: Deeds) -> int:
    """How far somebody is, at most the goal."""
    return min(int(getattr(done, badge.deed)), badge.goal)


def earned(done: Deeds) -> frozenset[str]:
    """The badges whose goals are reached."""
    return frozenset(badge.slug for badge in BADGES if reached(badge, done) == badge.goal)
