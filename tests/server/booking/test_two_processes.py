"""Two processes on one database: seats and time are guarded by the database, not by a lock in a process.

After each race the seats taken are as many as the active bookings, and nobody's time is taken besides.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from subprocess import PIPE, Popen
from uuid import UUID

import pytest

from config.settings import Settings
from server.booking import service
from server.booking.models import Booking, BusyCell, Session
from server.booking.rescheduling.forms import MoveForm
from server.booking.rescheduling.models import RescheduleProposal
from server.booking.rescheduling.proposing import propose
from server.booking.times import next_mark
from server.booking.waiting.queue import join_waitlist
from server.edge.access import Viewer
from server.infra import clock
from tests.databases import BOTH
from tests.server.booking.makers import agree, draft, mentor, payments, person, published

Outcomes = dict[str, Counter[str]]


class Racers:
    """Two processes that stay for all races: starting them takes longer than most."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.server.booking.racer"]
        self._processes = [Popen(command, stdin=PIPE, stdout=PIPE, text=True) for _ in range(2)]

    async def race(self, settings: Settings, asked: list[str]) -> Outcomes:
        """How often each outcome was had, by what was asked; every other thing in the other process."""
        return await asyncio.to_thread(self._race, settings, asked)

    def _race(self, settings: Settings, asked: list[str]) -> Outcomes:
        for process, side in zip(self._processes, (asked[::2], asked[1::2]), strict=True):
            self._say(process, json.dumps([str(settings.data_dir), settings.database_url, side]))
        for process in self._processes:
            assert self._hear(process) == "ready\n"
        for process in self._processes:
            self._say(process, "go")
        found: Outcomes = defaultdict(Counter)
        for process in self._processes:
            for subject, outcome in json.loads(self._hear(process)):
                found[subject][outcome] += 1
        return found

    def end(self) -> None:
        for process in self._processes:
            process.communicate()
            assert process.returncode == 0

    def _say(self, process: Popen[str], line: str) -> None:
        assert process.stdin
        process.stdin.write(f"{line}\n")
        process.stdin.flush()

    def _hear(self, process: Popen[str]) -> str:
        assert process.stdout
        return process.stdout.readline()


@pytest.fixture(scope="module")
def racers() -> Iterator[Racers]:
    found = Racers()
    yield found
    found.end()


async def people(count: int, name: str = "learner") -> list[Viewer]:
    return [await person(f"{name}{number}") for number in range(count)]


async def held(session_id: UUID, learner: Viewer) -> Booking:
    booked = await service.book_session(session_id, learner)
    return await Booking.get(public_id=booked.booking_id)


@BOTH
async def test_each_seat_is_sold_once(database: Settings, racers: Racers) -> None:
    """One seat for 50, five for 200, and one for a learner who asks 20 times."""
    one, five, own = [
        await published(await mentor(name), capacity=seats)
        for name, seats in (("mira", 1), ("max", 5), ("mona", 1))
    ]
    crowd, lea = await people(200), await person("lea")
    asked = [f"book:{five}:{each.user_id}" for each in crowd]
    asked += [f"book:{one}:{(await person(f'fan{number}')).user_id}" for number in range(50)]
    asked += [f"book:{own}:{lea.user_id}"] * 20
    found = await racers.race(database, asked)
    assert found[f"book:{five}"] == {"created": 5, "sold_out": 195}
    assert found[f"book:{one}"] == {"created": 1, "sold_out": 49}
    assert found[f"book:{own}"] == {"created": 1, "found": 19}
    assert [await agree(each) for each in (one, five, own)] == [1, 5, 1]


@BOTH
async def test_hold_is_confirmed_or_ends(database: Settings, racers: Racers) -> None:
    """Ten holds, in time and late, each asked for three times by both sides."""
    with payments():
        session_id = await published(await mentor(), capacity=10, price_minor=2000, currency="EUR")
        bookings = [await held(session_id, each) for each in await people(10)]
    in_time, late = bookings[:5], bookings[5:]
    over = clock.now() - timedelta(seconds=1)
    await Booking.filter(id__in=[each.id for each in late]).update(hold_expires_at=over)
    asked = [
        f"{verb}:{each.id}:{each.learner_id}"
        for each in bookings
        for verb in ("confirm", "expire", "expire", "confirm", "confirm", "expire")
    ]
    found = await racers.race(database, asked)
    for each in in_time:
        assert found[f"confirm:{each.id}"] == {"done": 3}
        assert found[f"expire:{each.id}"] == {"left alone": 3}
    for each in late:
        assert found[f"confirm:{each.id}"] == {"hold_expired": 3}
        assert found[f"expire:{each.id}"] == {"expired": 1, "left alone": 2}
    assert await agree(session_id) == 5


@BOTH
async def test_freed_seat_goes_to_the_first_of_ten_who_wait(database: Settings, racers: Racers) -> None:
    start = next_mark(clock.now()) + timedelta(days=2)
    session_id, seated = await published(await mentor(), start), await person("seated")
    await service.book_session(session_id, seated)
    queue = await people(10, "waiting")
    for each in queue:
        await join_waitlist(session_id, each)
    asked = [f"leave:{session_id}:{seated.user_id}"]
    asked += [f"book:{session_id}:{each.user_id}" for each in await people(10, "direct")]
    found = await racers.race(database, asked)
    assert found[f"leave:{session_id}"] == {"done": 1}
    assert found[f"book:{session_id}"] == {"sold_out": 10}
    offer = await Booking.get(session_id=session_id, status="held")
    assert offer.learner_id == queue[0].user_id
    assert await agree(session_id) == 1


@BOTH
async def test_capacity_never_falls_below_what_is_sold(database: Settings, racers: Racers) -> None:
    mira = await mentor()
    session_id = await published(mira, capacity=6)
    asked = [f"book:{session_id}:{each.user_id}" for each in await people(8)]
    asked[4:4] = [f"shrink:{session_id}:{mira.user_id}"] * 2
    found = await racers.race(database, asked)
    session = await Session.get(id=session_id)
    refused = found[f"shrink:{session_id}"]["invalid"]
    assert refused in (0, 2)
    assert session.capacity == (6 if refused else 2)
    assert await agree(session_id) == session.capacity
    assert found[f"book:{session_id}"]["created"] == session.capacity


@BOTH
async def test_one_of_a_mentors_overlapping_sessions_is_published(
    database: Settings, racers: Racers
) -> None:
    mira, start = await mentor(), next_mark(clock.now()) + timedelta(days=1)
    drafts = [await draft(mira, start + timedelta(minutes=5 * number)) for number in range(6)]
    found = await racers.race(database, [f"publish:{each}:{mira.user_id}" for each in drafts])
    outcomes = sum((found[f"publish:{each}"] for each in drafts), Counter())
    assert outcomes == {"done": 1, "overlap": 5}
    assert await BusyCell.filter(user_id=mira.user_id).count() == 12


@BOTH
async def test_learner_gets_one_of_two_lessons_at_one_time(database: Settings, racers: Racers) -> None:
    start = next_mark(clock.now()) + timedelta(days=1)
    both = [await published(await mentor(name), start, capacity=9) for name in ("mira", "max")]
    crowd = await people(6)
    asked = [f"book:{session_id}:{each.user_id}" for each in crowd for session_id in both]
    found = await racers.race(database, asked)
    outcomes = sum((found[f"book:{each}"] for each in both), Counter())
    assert outcomes == {"created": 6, "overlap": 6}
    assert sum([await agree(each) for each in both]) == 6


@BOTH
async def test_session_is_called_off_while_its_learners_take_another_time(
    database: Settings, racers: Racers
) -> None:
    """Whoever is first: it is off, nobody's time is taken, and nobody is asked any more."""
    mira, crowd = await mentor(), await people(3)
    start = next_mark(clock.now()) + timedelta(hours=72)
    session_id = await published(mira, start, capacity=3)
    for each in crowd:
        await service.book_session(session_id, each)
    later = MoveForm(starts_at=(start + timedelta(minutes=30)).isoformat())
    proposal = await propose(session_id, mira, later)
    asked = [f"accept:{proposal}:{each.user_id}" for each in crowd]
    asked.insert(2, f"cancel:{session_id}:{mira.user_id}")
    found = await racers.race(database, asked)
    assert found[f"cancel:{session_id}"] == {"done": 1}
    moved = found[f"accept:{proposal}"]["done"] == 3
    session, settled = await Session.get(id=session_id), await RescheduleProposal.get()
    assert (session.status, session.ics_sequence) == ("cancelled", 1 + moved)
    assert settled.status == ("applied" if moved else "withdrawn")
    assert await agree(session_id) == 0
    assert not await BusyCell.exists()


@BOTH
async def test_cancelling_starting_and_leaving_add_up(database: Settings, racers: Racers) -> None:
    """The mentor starts and calls off while three learners leave: one of both wins, and seats add up."""
    mira = await mentor()
    session_id = await published(mira, next_mark(clock.now()) + timedelta(minutes=10), capacity=4)
    crowd = await people(4)
    for each in crowd:
        await service.book_session(session_id, each)
    asked = [f"{verb}:{session_id}:{mira.user_id}" for verb in ("start", "cancel")]
    asked[1:1] = [f"leave:{session_id}:{each.user_id}" for each in crowd[:3]]
    found = await racers.race(database, asked)
    session = await Session.get(id=session_id)
    assert session.status in ("live", "cancelled")
    started = session.status == "live"
    assert found[f"cancel:{session_id}"] == ({"wrong_state": 1} if started else {"done": 1})
    assert found[f"start:{session_id}"] == ({"done": 1} if started else {"wrong_state": 1})
    left = found[f"leave:{session_id}"]["done"]
    assert await agree(session_id) == (4 - left if started else 0)
    assert await Booking.filter(status="cancelled_by_learner").count() == left
    mentors_cells = await BusyCell.filter(user_id=mira.user_id).count()
    assert mentors_cells == (12 if started else 0)
