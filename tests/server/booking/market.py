"""People who book and give back seats at several server processes, while servers are killed and
PostgreSQL restarts below them. Each notes what was acknowledged; the database is asked all the time
whether it adds up."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import aiohttp
import asyncpg

from server.booking.models import Booking
from server.booking.states import ACTIVE_BOOKINGS
from server.booking.times import next_mark
from server.edge.access import Viewer
from server.infra import clock
from tests.databases import PostgresServer
from tests.server.booking.makers import bearer, mentor, person, published
from tests.server.classroom.town import ServerProcess, Town

ANSWER_S = 60.0
AGAIN_S = 0.1  # before trying again what got no answer
LOOK_S = 0.1
# asyncpg has several words for a database that went away.
CUT_OFF = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
# Each in one statement, so that it sees one moment.
MISCOUNTED = """SELECT s.id, s.seats_taken, s.capacity FROM session s
    WHERE s.seats_taken > s.capacity OR s.seats_taken <> (SELECT count(*) FROM booking b
        WHERE b.session_id = s.id AND b.status IN ('held', 'confirmed'))"""
TIMELESS = """SELECT b.id, b.status FROM booking b JOIN session s ON s.id = b.session_id
    WHERE s.status = 'published' AND (b.status IN ('held', 'confirmed'))
        <> EXISTS (SELECT 1 FROM busy_cell c WHERE c.booking_id = b.id)"""


@dataclass(eq=False)
class Customer:
    """Books and gives back, one request at a time; each is repeated until it is answered, so that what
    was answered last is what must be. `seats` has the public id of the booking, or None, by session."""

    viewer: Viewer
    headers: dict[str, str]
    sessions: list[UUID]
    chance: random.Random
    town: Town
    seats: dict[UUID, str | None] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)

    async def run(self) -> None:
        """Until there is nothing left to choose from."""
        while self.sessions:
            session_id = self.chance.choice(self.sessions)
            booked = self.seats.get(session_id)
            if booked is None:
                await self._book(session_id)
            else:
                await self._give_back(session_id, booked)
            await asyncio.sleep(self.chance.random() * 0.2)

    async def _book(self, session_id: UUID) -> None:
        status, body = await self._insist(f"/api/v1/sessions/{session_id}/bookings")
        if status in (200, 201):
            self.seats[session_id] = body["data"]["booking"]["id"]
            self.answers["booked"] += 1
            return
        self.answers[body["error"]["code"]] += 1
        assert body["error"]["code"] in ("sold_out", "overlap"), body

    async def _give_back(self, session_id: UUID, booked: str) -> None:
        """The first try may have come through without its answer: then the booking is over already."""
        status, body = await self._insist(f"/api/v1/bookings/{booked}/cancel")
        assert status == 200 or body["error"]["code"] == "wrong_state", body
        self.seats[session_id] = None
        self.answers["given back"] += 1

    async def _insist(self, path: str) -> tuple[int, dict[str, Any]]:
        """The first answer that is not "come back later"."""
        while True:
            try:
                status, body = await self._ask(path)
                if status < 500:
                    return status, body
                self.answers["refused"] += 1
            except (aiohttp.ClientError, TimeoutError, OSError):
                self.answers["no answer"] += 1
            await asyncio.sleep(AGAIN_S)

    async def _ask(self, path: str) -> tuple[int, dict[str, Any]]:
        server = self.chance.choice(running(self.town))
        url = f"http://127.0.0.1:{server.port}{path}"
        async with (
            asyncio.timeout(ANSWER_S),
            self.town.http.post(url, headers=self.headers, json={}) as found,
        ):
            return found.status, await found.json()

    async def broken_promises(self) -> list[str]:
        """Where the database does not have what was answered last."""
        rows = await Booking.filter(learner_id=self.viewer.user_id, status__in=ACTIVE_BOOKINGS)
        there = {row.session_id: str(row.public_id) for row in rows}
        return [
            f"{self.viewer.username}, {session_id}: promised {promised}, has {there.get(session_id)}"
            for session_id, promised in self.seats.items()
            if there.get(session_id) != promised
        ]


@dataclass(eq=False)
class Auditor:
    """Asks the database again and again whether seats, bookings and time add up."""

    url: str
    looks: int = 0
    wrong: list[str] = field(default_factory=list)

    async def run(self) -> None:
        while True:
            try:
                await self._look_until_cut_off()
            except CUT_OFF:
                await asyncio.sleep(AGAIN_S)

    async def _look_until_cut_off(self) -> None:
        connection = await asyncpg.connect(self.url)
        try:
            while True:
                for question in (MISCOUNTED, TIMELESS):
                    self.wrong += [str(dict(row)) for row in await connection.fetch(question)]
                self.looks += 1
                await asyncio.sleep(LOOK_S)
        finally:
            connection.terminate()


@dataclass(eq=False)
class Market:
    """Everybody at once. The first of `tasks` is the auditor's."""

    town: Town
    database: PostgresServer
    customers: list[Customer]
    auditor: Auditor
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def kill_a_server(self, chance: random.Random) -> None:
        """Kill -9, and another takes its place."""
        await chance.choice(running(self.town)).kill()
        await self.town.start()

    async def restart_database(self, *, crash: bool) -> None:
        await asyncio.to_thread(self.database.stop, crash=crash)
        await asyncio.to_thread(self.database.start)

    async def trade(self, seconds: float) -> None:
        """Let everybody go on for a while. Raises what one of them failed with."""
        done, _ = await asyncio.wait(self.tasks, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()

    async def stop(self) -> None:
        """Everybody ends once their last request is answered. A request cut off would be a promise that
        nobody knows."""
        for customer in self.customers:
            customer.sessions = []
        await asyncio.gather(*self.tasks[1:])
        self.tasks[0].cancel()

    def answers(self) -> Counter[str]:
        return sum((customer.answers for customer in self.customers), Counter())

    async def broken_promises(self) -> list[str]:
        found = [line for customer in self.customers for line in await customer.broken_promises()]
        return [*found, *self.auditor.wrong]


def running(town: Town) -> list[ServerProcess]:
    return [server for server in town.servers if server.process.returncode is None]


@asynccontextmanager
async def market(
    town: Town, database: PostgresServer, *, customers: int, sessions: int, seed: int
) -> AsyncIterator[Market]:
    """People at work at the running servers of a town."""
    chance = random.Random(seed)
    offered = await _lessons(sessions, chance)
    people = [await _customer(number, offered, seed, town) for number in range(customers)]
    found = Market(town, database, people, Auditor(town.settings.database_url))
    found.tasks = [asyncio.create_task(each.run()) for each in (found.auditor, *people)]
    try:
        yield found
    finally:
        for task in found.tasks:
            task.cancel()
        await asyncio.gather(*found.tasks, return_exceptions=True)


async def _lessons(sessions: int, chance: random.Random) -> list[UUID]:
    """Lessons of four mentors with one to five seats; those of two mentors at a time overlap."""
    mentors = [await mentor(f"trader{number}") for number in range(4)]
    begin = next_mark(clock.now()) + timedelta(days=2)
    return [
        await published(
            mentors[number % 4],
            begin + timedelta(minutes=45 * number),
            capacity=chance.randint(1, 5),
        )
        for number in range(sessions)
    ]


async def _customer(number: int, sessions: list[UUID], seed: int, town: Town) -> Customer:
    viewer = await person(f"customer{number}")
    own = random.Random(f"{seed}:{number}")
    return Customer(viewer, await bearer(viewer), sessions, own, town)
