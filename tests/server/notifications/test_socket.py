"""The socket of notifications: who may listen, what it says, and that nothing is missed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

import pytest
from aiohttp import ClientWebSocketResponse
from aiohttp.test_utils import TestClient, unused_port

from config.settings import Settings
from server.accounts import service as accounts
from server.app import build_app
from server.edge.access import Viewer
from server.notifications import centre
from server.notifications.waking import push_to_person
from server.worker import run_due
from tests.databases import BOTH
from tests.factories import Api, person
from tests.redis import RedisServer
from tests.redis import server as redis_server
from tests.server.booking.makers import bearer, cookie
from tests.server.notifications.tellers import tell, told
from tests.server.sockets import closed_with, heard, two_servers
from tests.serving import AppServer

SOCKET = "/ws/notifications/"


@asynccontextmanager
async def listening(
    http: TestClient, viewer: Viewer, after: str = ""
) -> AsyncIterator[ClientWebSocketResponse]:
    headers = await bearer(viewer)
    path = f"{SOCKET}?after={after}" if after else SOCKET
    async with http.ws_connect(path, headers=headers) as socket:
        yield socket


@BOTH
async def test_what_is_told_is_said_with_the_count(http: TestClient) -> None:
    mira = await person("mira")
    async with listening(http, mira) as socket:
        assert (await heard(socket, "unread"))["count"] == 0
        await told(mira.user_id)
        said = (await heard(socket, "notification"))["notification"]
        assert (said["text"], said["read"]) == ("Lea follows you", False)
        assert await heard(socket, "unread") == {"type": "unread", "count": 1, "last": said["id"]}


async def test_reading_in_one_tab_is_heard_in_the_other(http: TestClient) -> None:
    mira = await person("mira")
    await told(mira.user_id)
    async with listening(http, mira) as one, listening(http, mira) as other:
        assert [(await heard(tab, "unread"))["count"] for tab in (one, other)] == [1, 1]
        await centre.mark_read(mira.user_id, everything=True)
        assert [(await heard(tab, "unread"))["count"] for tab in (one, other)] == [0, 0]


@BOTH
async def test_who_was_away_catches_up_in_order_and_hears_nothing_twice(
    http: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.notifications.listeners.BATCH", 2)
    mira = await person("mira")
    await told(mira.user_id, key="0")
    async with listening(http, mira) as socket:
        last = (await heard(socket, "unread"))["last"]
    for number in range(1, 6):
        await told(mira.user_id, key=str(number), about={"follower": f"No {number}"})
    async with listening(http, mira, last) as socket:
        texts = [(await heard(socket, "notification"))["notification"]["text"] for _ in range(5)]
        assert texts == [f"No {number} follows you" for number in range(1, 6)]
        assert (await heard(socket, "unread"))["count"] == 6


async def test_who_names_somebody_elses_notification_is_told_nothing_of_it(http: TestClient) -> None:
    mira, lea = await person("mira"), await person("lea")
    await told(mira.user_id)
    (one,), _ = await centre.groups(mira.user_id, centre.Wanted(), 0, 1)
    for after in (str(one.id), "nonsense"):
        async with listening(http, lea, after) as socket:
            first = await socket.receive_json()
            assert first == {"type": "unread", "count": 0, "last": None}


async def test_messages_of_others_are_passed_on_as_they_are(http: TestClient) -> None:
    mira, lea = await person("mira"), await person("lea")
    async with listening(http, mira) as socket, listening(http, lea) as other:
        await heard(socket, "unread")
        await heard(other, "unread")
        push_to_person(mira.user_id, {"type": "message", "seq": 7})
        assert await heard(socket, "message") == {"type": "message", "seq": 7}
        await told(lea.user_id)
        assert (await other.receive_json())["type"] == "notification"


# --- who may listen


@pytest.mark.parametrize(
    ("headers", "code"),
    [({}, 4403), ({"Origin": "https://evil.example"}, 4403), ({"Authorization": "Bearer x"}, 4401)],
)
async def test_stranger_is_refused(http: TestClient, headers: dict[str, str], code: int) -> None:
    async with http.ws_connect(SOCKET, headers=headers) as socket:
        assert await closed_with(socket) == code


async def test_foreign_page_may_not_use_the_cookie(http: TestClient) -> None:
    headers = await cookie(await person("mira"))
    own = str(http.make_url("")).rstrip("/")
    async with http.ws_connect(SOCKET, headers={**headers, "Origin": own}) as socket:
        assert (await heard(socket, "unread"))["count"] == 0
    async with http.ws_connect(SOCKET, headers={**headers, "Origin": f"{own}.evil.example"}) as socket:
        assert await closed_with(socket) == 4403


async def test_socket_closes_with_its_login_and_not_with_another(http: TestClient) -> None:
    mira = await person("mira")
    headers = await bearer(mira)
    async with (
        http.ws_connect(SOCKET, headers=headers) as socket,
        listening(http, mira) as other,
    ):
        await heard(socket, "unread")
        await heard(other, "unread")
        assert (await Api(http, headers=headers).post("/auth/logout", {})).status == 200
        await run_due()
        assert await closed_with(socket) == 4401
        await told(mira.user_id)
        await heard(other, "notification")


async def test_who_is_suspended_is_put_out(http: TestClient) -> None:
    mira, root = await person("mira"), await person("root", "admin", "owner")
    async with listening(http, mira) as socket:
        await heard(socket, "unread")
        await accounts.change_account(
            root, mira.public_id, status="suspended", roles=None, reason="Spam."
        )
        await run_due()
        assert await closed_with(socket) == 4403


async def test_who_does_not_read_is_closed(http: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.edge.wire.BUFFER_LIMIT", -1)
    mira = await person("mira")
    async with listening(http, mira) as socket:
        assert await closed_with(socket) == 4408


# --- several processes


@pytest.fixture
def private_redis() -> Iterator[RedisServer]:
    with redis_server() as found:
        yield found


async def test_told_at_one_process_is_heard_at_the_other_also_after_redis_came_back_empty(
    database: Settings, private_redis: RedisServer
) -> None:
    mira = await person("mira")
    async with two_servers(database, private_redis) as (first, second), AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(listening(each, mira)) for each in (first, second)]
        for socket in sockets:
            await heard(socket, "unread")
        await told(mira.user_id, key="before")
        for socket in sockets:
            await heard(socket, "notification")
        await asyncio.to_thread(private_redis.stop)
        await told(mira.user_id, key="while away", about={"follower": "Jun"})
        await asyncio.to_thread(private_redis.start)
        for socket in sockets:
            said = (await heard(socket, "notification"))["notification"]
            assert said["text"] == "Jun follows you"


async def test_server_that_comes_back_leaves_no_gap(database: Settings, http: TestClient) -> None:
    mira = await person("mira")
    port = unused_port()
    settings = replace(database, port=port, base_url=f"http://127.0.0.1:{port}")
    async with (
        TestClient(AppServer(build_app(settings), host="127.0.0.1", port=port)) as client,
        listening(client, mira) as socket,
    ):
        await heard(socket, "unread")
        await told(mira.user_id, key="0")
        last = (await heard(socket, "notification"))["notification"]["id"]
        await client.server.close()
        assert await closed_with(socket) in (1001, 1006)
    await tell(mira.user_id, key="1", about={"follower": "Jun"})
    await run_due()
    async with listening(http, mira, last) as socket:
        assert (await heard(socket, "notification"))["notification"]["text"] == "Jun follows you"
