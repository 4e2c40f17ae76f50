"""Messages and notifications between two server processes: a restart of Redis or of one leaves no gap."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from config.settings import Settings
from server.edge.access import Viewer
from server.infra import db, schema
from server.worker import load_jobs
from tests.redis import server as redis_server
from tests.server.booking.makers import bearer
from tests.server.classroom.town import ServerProcess, Town, settled_town
from tests.server.notifications.tellers import tell

PATIENCE_S = 60


@pytest.fixture
async def town(empty_database: Settings) -> AsyncIterator[Town]:
    await schema.migrate(empty_database)
    await db.open_database(empty_database)
    load_jobs()
    try:
        with redis_server() as redis:
            async with settled_town(empty_database, redis) as found:
                await found.start()
                await found.start()
                yield found
    finally:
        await db.close_database()


async def listen(at: ServerProcess, who: Viewer, after: str = "") -> aiohttp.ClientWebSocketResponse:
    address = f"http://127.0.0.1:{at.port}/ws/notifications/?after={after}"
    return await at.http.ws_connect(address, headers=await bearer(who))


async def heard(socket: aiohttp.ClientWebSocketResponse, kind: str) -> dict[str, Any]:
    """The next of this kind."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            said: dict[str, Any] = await socket.receive_json()
            if said["type"] == kind:
                return said


async def write(town: Town, at: ServerProcess, text: str) -> None:
    """The learner writes to the mentor."""
    address = f"http://127.0.0.1:{at.port}/api/v1/conversations/{town.mentor.username}/messages"
    headers = await bearer(town.learner)
    async with town.http.post(address, json={"text": text}, headers=headers) as answer:
        assert answer.status == 201, await answer.text()


async def written_after(town: Town, at: ServerProcess, seq: int) -> list[tuple[int, str]]:
    """What the mentor's page reads when it is told to look, or comes back."""
    address = f"http://127.0.0.1:{at.port}/api/v1/conversations/{town.learner.username}/messages"
    headers = await bearer(town.mentor)
    async with town.http.get(address, params={"after": seq}, headers=headers) as answer:
        items = (await answer.json())["data"]["items"]
    return [(one["seq"], one["text"]) for one in items]


async def test_message_reaches_the_other_process_and_restarts_leave_no_gap(town: Town) -> None:
    first, second = town.servers
    socket = await listen(second, town.mentor)
    await heard(socket, "unread")
    await write(town, first, "one")
    assert (await heard(socket, "message"))["message"]["text"] == "one"

    await asyncio.to_thread(town.redis.stop)
    town.redis.forget()
    await write(town, first, "while Redis is away")
    await asyncio.to_thread(town.redis.start)
    await heard(socket, "resync")
    assert await written_after(town, second, 1) == [(2, "while Redis is away")]
    await write(town, first, "three")
    async with asyncio.timeout(PATIENCE_S):
        while (await heard(socket, "message"))["message"]["text"] != "three":
            pass

    last = await _told(town, socket, "before")
    await second.kill()
    await socket.close()
    await write(town, first, "while the server is away")
    await tell(town.mentor.user_id, key="away", about={"follower": "away"})
    back = await listen(await town.start(), town.mentor, last)
    await _hear_of(back, "away")
    assert await written_after(town, town.servers[-1], 3) == [(4, "while the server is away")]
    await back.close()


async def _told(town: Town, socket: aiohttp.ClientWebSocketResponse, name: str) -> str:
    """Something is told, by a worker of theirs: ours has no way to their sockets. Gives its id as the
    socket has it."""
    await tell(town.mentor.user_id, key=name, about={"follower": name})
    return await _hear_of(socket, name)


async def _hear_of(socket: aiohttp.ClientWebSocketResponse, name: str) -> str:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            said = (await heard(socket, "notification"))["notification"]
            if said["text"] == f"{name} follows you":
                return str(said["id"])
