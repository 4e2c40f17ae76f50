"""The socket of a session's page: who may listen, what it says, and how little a rush costs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import UUID, uuid4

import pytest
from aiohttp import ClientWebSocketResponse
from aiohttp.test_utils import TestClient

from config.settings import Settings
from server.booking import service
from server.booking.forms import SessionChanges
from server.discovery import watching
from server.infra import clock
from server.people.models import Block
from tests.databases import BOTH
from tests.redis import RedisServer
from tests.redis import server as redis_server
from tests.server.booking.makers import bearer, draft, mentor, person, published
from tests.server.queries import counted
from tests.server.sockets import closed_with, heard, two_servers


def path_of(session_id: object) -> str:
    return f"/ws/sessions/{session_id}/seats/"


def own_page(http: TestClient) -> dict[str, str]:
    return {"Origin": str(http.make_url("")).rstrip("/")}


@asynccontextmanager
async def looking(
    http: TestClient, session_id: UUID, headers: dict[str, str] | None = None
) -> AsyncIterator[ClientWebSocketResponse]:
    """A guest, unless there are headers."""
    async with http.ws_connect(path_of(session_id), headers=headers or own_page(http)) as socket:
        yield socket


async def taken(socket: ClientWebSocketResponse) -> int:
    return int((await heard(socket, "seats"))["taken"])


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "PAUSE_S", 0.0)


@BOTH
async def test_seats_are_told_as_they_change(http: TestClient) -> None:
    mira, lea = await mentor(), await person("lea")
    session_id = await published(mira, capacity=3)
    async with looking(http, session_id) as guest, looking(http, session_id, await bearer(lea)) as member:
        for socket in (guest, member):
            said = await heard(socket, "seats")
            assert said == {"type": "seats", "taken": 0, "capacity": 3, "status": "published"}
        await service.book_session(session_id, lea)
        assert [await taken(socket) for socket in (guest, member)] == [1, 1]
        await service.change_session(session_id, mira, SessionChanges(capacity=5))
        assert (await heard(guest, "seats"))["capacity"] == 5
        await service.leave_session(session_id, lea)
        assert await taken(guest) == 0
        await service.cancel_session(session_id, mira)
        assert (await heard(guest, "seats"))["status"] == "cancelled"
        assert await closed_with(guest) == 4410


async def test_a_rush_for_seats_is_read_once(http: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "PAUSE_S", 0.2)
    session_id = await published(await mentor(), capacity=20)
    people = [await person(f"no{number}") for number in range(8)]
    async with looking(http, session_id) as socket:
        assert await taken(socket) == 0
        for each in people:
            await service.book_session(session_id, each)
        with counted(monkeypatch) as statements:
            while await taken(socket) < len(people):
                pass
        assert len(statements) <= 2


# --- who may listen


async def test_foreign_pages_drafts_and_nothing_are_refused(http: TestClient) -> None:
    mira = await mentor()
    session_id, unseen = await published(mira), await draft(mira)
    refused = [
        (session_id, {}, 4403),
        (session_id, {"Origin": "https://evil.example"}, 4403),
        (unseen, own_page(http), 4404),
        (unseen, await bearer(await person("lea")), 4404),
        (uuid4(), own_page(http), 4404),
        ("nonsense", own_page(http), 4404),
    ]
    for name, headers, code in refused:
        async with http.ws_connect(path_of(name), headers=headers) as socket:
            assert await closed_with(socket) == code, (name, headers)


async def test_who_is_blocked_hears_nothing_more(http: TestClient) -> None:
    mira, lea = await mentor(), await person("lea")
    session_id = await published(mira, capacity=3)
    async with looking(http, session_id, await bearer(lea)) as socket:
        assert await taken(socket) == 0
        await Block.create(blocker_id=mira.user_id, blocked_id=lea.user_id, created_at=clock.now())
        await service.book_session(session_id, await person("jun"))
        assert await closed_with(socket) == 4404
    async with looking(http, session_id, await bearer(lea)) as socket:
        assert await closed_with(socket) == 4404


async def test_one_address_has_only_so_many(http: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "MOST_OF_ADDRESS", 2)
    session_id = await published(await mentor())
    async with looking(http, session_id) as one:
        assert await taken(one) == 0
        async with looking(http, session_id) as two:
            assert await taken(two) == 0  # it is counted, which an open socket alone does not tell
            async with looking(http, session_id) as three:
                assert await closed_with(three) == 4429
        async with looking(http, session_id) as again:
            assert await taken(again) == 0


async def test_who_says_something_is_closed(http: TestClient) -> None:
    session_id = await published(await mentor())
    async with looking(http, session_id) as socket:
        await socket.send_str("hello")
        assert await closed_with(socket) == 1008


# --- several processes


@pytest.fixture
def private_redis() -> Iterator[RedisServer]:
    with redis_server() as found:
        yield found


async def test_seats_taken_at_one_process_are_heard_at_the_other(
    database: Settings, private_redis: RedisServer
) -> None:
    session_id = await published(await mentor(), capacity=3)
    async with two_servers(database, private_redis) as servers, AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(looking(each, session_id)) for each in servers]
        assert [await taken(socket) for socket in sockets] == [0, 0]
        await service.book_session(session_id, await person("lea"))
        assert [await taken(socket) for socket in sockets] == [1, 1]
        await asyncio.to_thread(private_redis.stop)
        await service.book_session(session_id, await person("leo"))
        await asyncio.to_thread(private_redis.start)
        assert [await taken(socket) for socket in sockets] == [2, 2]
