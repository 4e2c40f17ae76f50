"""The server process that a lesson is at is killed: its people go on at another one, with their media."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import aiohttp
import pytest

from tests.e2e.caller import Caller
from tests.e2e.mortal_nodes import GREEN, RED, NodeProcess
from tests.e2e.platform import Person, Platform, Town
from tests.media.client import colour_of, near
from tests.redis import RedisServer

SECRET = "s" * 40
BACK_S = 15.0
LOOK_S = 0.1

pytestmark = [pytest.mark.media, pytest.mark.alone]


@dataclass
class Two:
    """Two servers on one database, with two media nodes."""

    first: Platform
    second: Platform
    http: aiohttp.ClientSession


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Two]:
    redis = RedisServer(home=tmp_path / "redis")
    redis.home.mkdir()
    async with AsyncExitStack() as stack:
        redis.start()
        stack.callback(redis.stop)
        shared = {"PEERLEARN_REDIS_URL": redis.url, "PEERLEARN_MEDIA_CONTROL_SECRET": SECRET}
        nodes = [NodeProcess(f"media-{number}", tmp_path, SECRET, redis.url) for number in (1, 2)]
        for node in nodes:
            stack.push_async_callback(node.kill)
            await node.start()
        listed = ",".join(node.url for node in nodes)
        servers = [Platform(tmp_path / "data", **shared, PEERLEARN_MEDIA_NODES=listed) for _ in range(2)]
        for server in servers:
            stack.push_async_callback(server.stop)
            await server.start()
        http = await stack.enter_async_context(aiohttp.ClientSession())
        yield Two(*servers, http)


async def back(caller: Caller, person: Person, session_id: str) -> None:
    """As the page does: try again until let in."""
    async with asyncio.timeout(BACK_S):
        while True:
            try:
                return await caller.come_back(person, session_id)
            except (aiohttp.ClientError, TypeError, AssertionError):
                await asyncio.sleep(LOOK_S)


async def test_media_do_not_stop_when_the_home_of_a_lesson_is_killed(two: Two) -> None:
    town = Town(two.first, two.http)
    mentor, learner = await town.mentor(), await town.register("learner")
    session_id = await town.lesson(mentor)
    await learner.call("POST", f"/sessions/{session_id}/bookings", expect=201)
    ann = await Caller.enter(mentor, session_id, RED, 440)
    bob = await Caller.enter(learner, session_id, GREEN, 1000)
    assert ann.client and bob.client
    (seen_by_ann,) = await ann.client.tracks("video", 1)
    (seen_by_bob,) = await bob.client.tracks("video", 1)
    assert near(await colour_of(seen_by_ann), GREEN)
    await two.first.stop(9)
    for caller, person in ((ann, mentor), (bob, learner)):
        await back(caller, replace(person, platform=two.second), session_id)
    await bob.say({"type": "chat", "text": "still here"})
    await ann.expect("chat", text="still here")
    for caller, track, colour in ((ann, seen_by_ann, GREEN), (bob, seen_by_bob, RED)):
        assert near(await colour_of(track, frames=60), colour)  # of the same connection
        kinds = [caller.inbox.get_nowait()["type"] for _ in range(caller.inbox.qsize())]
        assert "reset" not in kinds
        await caller.leave()
