"""Clients that go away in the middle of their requests leave nothing behind: no lock, no connection, no
transaction, and no half of a booking.

aiohttp's server for tests cancels what a lost client asked for, which ours does not do: so each await
of each view is a place where it may end."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from aiohttp import ClientError, DummyCookieJar
from aiohttp.test_utils import TestClient

from config.settings import Settings
from server.app import build_app
from server.booking.models import Booking, Session
from server.booking.states import ACTIVE_BOOKINGS
from server.booking.times import next_mark
from server.edge import idempotency
from server.infra import clock, db
from server.infra.models import IdempotencyRecord
from tests.databases import BOTH
from tests.server.booking.makers import bearer, mentor, person, published
from tests.serving import AppServer

REQUESTS = 2000
AT_ONCE = 20
LONGEST_S = 0.03  # by then a request that was not disturbed has ended
PATIENCE_S = 60
SEATS = 5


@pytest.fixture
async def client(database: Settings) -> AsyncIterator[TestClient]:
    server = AppServer(build_app(database), host="127.0.0.1")
    async with TestClient(server, cookie_jar=DummyCookieJar()) as found:
        yield found


async def lessons() -> list[UUID]:
    """Lessons with few seats, all at different times."""
    teacher, first = await mentor(), next_mark(clock.now()) + timedelta(days=1)
    return [
        await published(teacher, first + hour * timedelta(hours=2), capacity=SEATS) for hour in range(4)
    ]


async def learners() -> list[dict[str, str]]:
    """The headers of more people than there are seats."""
    return [await bearer(await person(f"learner{number}")) for number in range(AT_ONCE)]


def some_request(chance: random.Random, sessions: list[UUID]) -> tuple[str, str, Any]:
    """Reads and writes, pages and API."""
    session, name = chance.choice(sessions), f"Name {chance.randrange(1000)}"
    return chance.choice(
        [
            ("POST", f"/api/v1/sessions/{session}/bookings", {}),
            ("POST", f"/api/v1/sessions/{session}/bookings", {}),
            ("POST", f"/sessions/{session}/cancel", None),
            ("PATCH", "/api/v1/users/me", {"name": name}),
            ("GET", "/api/v1/bookings", None),
            ("GET", "/api/v1/sessions", None),
            ("GET", f"/sessions/{session}", None),
        ]
    )


async def give_up(sending: Awaitable[Any], after_s: float) -> None:
    """Send, and go away after a while, whatever has happened by then."""
    try:
        async with asyncio.timeout(after_s):
            await sending
    except (TimeoutError, ClientError):
        pass


def send(client: TestClient, headers: dict[str, str], key: str, request: tuple[str, str, Any]) -> Any:
    method, path, body = request
    sent = {**headers, "Idempotency-Key": key} if body is not None else headers
    form = {} if body is None and method == "POST" else None
    return client.request(method, path, json=body, data=form, headers=sent, allow_redirects=False)


def idle() -> bool:
    """Whether nobody holds the database: neither SQLite's one lock nor a connection of the pool."""
    client: Any = db.connection()
    if db.dialect() == "sqlite":
        return not client._lock.locked() and not client._connection.in_transaction
    return bool(client._pool.get_idle_size() == client._pool.get_size())


async def until(met: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not met():  # noqa: ASYNC110 - nothing tells when a pool is idle
            await asyncio.sleep(0.01)


@BOTH
async def test_thousands_of_cancelled_requests_leave_the_database_idle(client: TestClient) -> None:
    chance, sessions, people = random.Random(11), await lessons(), await learners()
    for number in range(REQUESTS // AT_ONCE):
        await asyncio.gather(
            *(
                give_up(
                    send(client, headers, f"key {number}", some_request(chance, sessions)),
                    chance.uniform(0, LONGEST_S),
                )
                for headers in people
            )
        )
    await until(lambda: not db._running and not idempotency._under_way and idle())
    for session in await Session.filter(id__in=sessions):
        taken = await Booking.filter(session_id=session.id, status__in=ACTIVE_BOOKINGS).count()
        assert session.seats_taken == taken <= SEATS
    answer = await client.patch("/api/v1/users/me", json={"name": "Last"}, headers=people[0])
    assert answer.status == 200
    assert idle()


@BOTH
async def test_request_of_a_lost_client_has_its_answer_kept(client: TestClient) -> None:
    """A learner who was cut off sends the same request once more, and finds the answer to the first."""
    sessions, people = await lessons(), await learners()
    headers = people[0]
    request = ("POST", f"/api/v1/sessions/{sessions[0]}/bookings", {})
    for milliseconds in range(1, 12, 2):
        await give_up(send(client, headers, "k", request), milliseconds / 1000)
    answer = await send(client, headers, "k", request)
    assert answer.status == 201
    assert await Booking.filter(session_id=sessions[0]).count() == 1
    assert await IdempotencyRecord.filter(status__isnull=True).count() == 0
