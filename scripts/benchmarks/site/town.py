"""A database full of people, sessions and bookings, and somebody of each role to look at it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from scripts.benchmarks.population import Lesson, add_lessons, add_people, cookie_of
from server.booking.times import next_mark
from server.infra import clock

SEATS = 10  # bookings of each session
OWN = 20  # bookings of the learner whose pages are looked at
SLOTS = 8  # lessons that one mentor gives in a day
MENTORS_SHARE = 20  # sessions for one mentor
LEARNERS_SHARE = 2  # sessions for one learner
TOPICS = ("Reading a flame graph", "Closures by example", "Indexes that help", "Chords by ear", "Python")


@dataclass(frozen=True)
class Size:
    """How many sessions there are; each has ten bookings."""

    sessions: int


@dataclass(frozen=True)
class Visitors:
    """The login cookie of one person in each role, and a session of each kind of theirs."""

    learner: str
    mentor: str
    admin: str
    mentor_name: str
    coming: UUID
    past: UUID

    def cookie(self, role: str) -> str:
        return "" if role == "anonymous" else str(getattr(self, role))


async def settle(size: Size) -> Visitors:
    """Fill the open database. The visitors are as busy as everybody else, whatever the size."""
    mentors = await add_people(_names("mentor", size.sessions // MENTORS_SHARE), "mentor")
    learners = await add_people(_names("learner", size.sessions // LEARNERS_SHARE), "learner")
    [admin] = await add_people(["admin-0"], "admin")
    ids = await add_lessons(list(_lessons(size, mentors, learners)))
    past = next(number for number in range(size.sessions) if _is_past(number))
    return Visitors(
        learner=await cookie_of(learners[0]),
        mentor=await cookie_of(mentors[0]),
        admin=await cookie_of(admin),
        mentor_name="mentor-0",
        coming=ids[0],
        past=ids[past],
    )


def _names(kind: str, count: int) -> list[str]:
    """At least so many that the smallest town works."""
    least = 2 if kind == "mentor" else 2 * SEATS
    return [f"{kind}-{number}" for number in range(max(least, count))]


def _is_past(number: int) -> bool:
    return number % 5 == 4


def _lessons(size: Size, mentors: Sequence[int], learners: Sequence[int]) -> list[Lesson]:
    chance = random.Random(1)
    now = next_mark(clock.now())
    return [
        Lesson(
            mentor_id=mentors[number // 5 % len(mentors)],
            learner_ids=_booked(number, learners, chance),
            starts_at=_start(number // len(mentors), now, _is_past(number)),
            title=f"{TOPICS[number % len(TOPICS)]}, part {number}",
            status="ended" if _is_past(number) else "published",
            skills=(number % 37, (number + 11) % 37),
            capacity=SEATS + number % 3,
            price_minor=0 if number % 3 else 1500,
        )
        for number in range(size.sessions)
    ]


def _booked(number: int, learners: Sequence[int], chance: random.Random) -> list[int]:
    """The first learner, whose pages are looked at, is in a few of them, past and coming."""
    others = chance.sample(learners[1:], SEATS)
    return [learners[0], *others[1:]] if number < OWN else others


def _start(turn: int, now: datetime, past: bool) -> datetime:
    after = timedelta(days=turn // SLOTS, hours=1 + 2 * (turn % SLOTS))
    return now - timedelta(days=1) - after if past else now + after
