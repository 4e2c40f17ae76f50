"""Media nodes that register through Redis are found, and lost only when they are gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from redis.asyncio import Redis

from media.protocol.register import INDEX, Card, key_of
from media.registration import Registration
from server.infra import register
from server.infra.nodes import MediaNode, NodeDirectory
from server.infra.register import Register
from tests.redis import PROGRAM, RedisServer
from tests.redis import server as redis_server

PATIENCE_S = 60

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="redis-server is not installed")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("media.protocol.register.LIFE_MS", 400)
    monkeypatch.setattr("media.registration.LIFE_MS", 400)
    monkeypatch.setattr("media.registration.RENEW_S", 0.05)
    monkeypatch.setattr(register, "LOOK_S", 0.05)


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with redis_server() as found:
        yield found


def card(name: str, url: str = "") -> Card:
    return Card(
        id=name,
        epoch="e",
        control_url=url or f"http://{name}:7000",
        udp_port=9,
        rooms=0,
        peers=0,
        stress=0.0,
        disk_free_bytes=1,
    )


@asynccontextmanager
async def registered(redis: RedisServer, shown: Card) -> AsyncIterator[Registration]:
    found = Registration(redis.url, lambda: shown)
    found.start()
    try:
        yield found
    finally:
        await found.stop()


class Watch:
    """A directory that follows the register; `linked` are the nodes that can be talked to."""

    def __init__(self) -> None:
        self.directory = NodeDirectory()
        self.linked: set[str] = set()
        self._changed = asyncio.Event()
        self.directory.subscribe(self._changed.set)

    async def until(self, *urls: str) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while self.directory.urls() != list(urls):
                self._changed.clear()
                await self._changed.wait()


@pytest.fixture
async def watch(redis: RedisServer) -> AsyncIterator[Watch]:
    found = Watch()
    follower = Register(redis.url, found.directory, lambda url: url in found.linked)
    follower.start()
    yield found
    await follower.stop()


async def test_node_is_there_from_its_start_to_its_end(redis: RedisServer, watch: Watch) -> None:
    async with registered(redis, card("a")), registered(redis, card("b")):
        await watch.until("http://a:7000", "http://b:7000")
        assert watch.directory.nodes[0].node_id == "a"
        assert watch.directory.nodes[0].udp_port == 9
    await watch.until()


async def test_node_that_died_without_a_word_goes_when_its_card_runs_out(
    redis: RedisServer, watch: Watch
) -> None:
    async with registered(redis, card("a")) as node:
        await watch.until("http://a:7000")
        await node._end()
        await watch.until()


async def test_node_that_can_be_talked_to_stays_without_a_card(redis: RedisServer, watch: Watch) -> None:
    watch.linked.add("http://a:7000")
    async with registered(redis, card("a")) as silent, registered(redis, card("b")) as node:
        await watch.until("http://a:7000", "http://b:7000")
        await silent._end()
        await node._end()
        await watch.until("http://a:7000")
        watch.linked.clear()
        await watch.until()


async def test_node_that_comes_back_elsewhere_is_known_by_its_name(
    redis: RedisServer, watch: Watch
) -> None:
    async with registered(redis, card("a", "http://old:1")) as node:
        await watch.until("http://old:1")
        await node._end()
        async with registered(redis, card("a", "http://new:2")):
            await watch.until("http://new:2")


async def test_listed_nodes_stay(redis: RedisServer, watch: Watch) -> None:
    watch.directory.replace([MediaNode("http://listed:1")])
    async with registered(redis, card("a")):
        await watch.until("http://listed:1", "http://a:7000")
    await watch.until("http://listed:1")


async def test_all_go_on_while_redis_is_away_and_find_each_other_again(
    redis: RedisServer, watch: Watch
) -> None:
    """It comes back empty. The node that nobody could talk to meanwhile is dropped and found anew."""
    watch.linked.add("http://a:7000")
    changes: list[list[str]] = []
    async with registered(redis, card("a")), registered(redis, card("b")):
        await watch.until("http://a:7000", "http://b:7000")
        watch.directory.subscribe(lambda: changes.append(watch.directory.urls()))
        redis.stop()
        await asyncio.sleep(0.6)  # longer than a card lives
        assert changes == []
        redis.start()
        async with registered(redis, card("c")):
            await watch.until("http://a:7000", "http://b:7000", "http://c:7000")
    assert all("http://a:7000" in urls for urls in changes[:-1])


async def test_what_is_no_card_is_passed_over(redis: RedisServer, watch: Watch) -> None:
    async with Redis.from_url(redis.url) as client:
        await client.set(key_of("a"), "no card")
        await client.sadd(INDEX, "a")
    async with registered(redis, card("b")):
        await watch.until("http://b:7000")
