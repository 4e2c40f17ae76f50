"""The bus: one contract for memory and Redis, and what only Redis has to survive."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
import redis

from server.infra.bus import Bus, MemoryBus, MemoryExchange, RedisBus
from tests.redis import RedisServer
from tests.redis import server as redis_server

PATIENCE_S = 60

Opener = Callable[[str], Awaitable[Bus]]


class Subscriber:
    """Keeps what it is told; what it waits for is on its way."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self.losses = 0
        self._news = asyncio.Event()

    def __call__(self, sender: str, payload: bytes) -> None:
        self.heard.append((sender, payload))
        self._news.set()

    def lost(self) -> None:
        self.losses += 1
        self._news.set()

    async def until(self, ready: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not ready():
                self._news.clear()
                await self._news.wait()

    async def payloads(self, count: int) -> list[bytes]:
        await self.until(lambda: len(self.heard) >= count)
        return [payload for _, payload in self.heard]


@pytest.fixture(scope="module")
def shared() -> Iterator[RedisServer]:
    with redis_server() as found:
        yield found


@pytest.fixture
def private() -> Iterator[RedisServer]:
    """A Redis that the test may stop."""
    with redis_server() as found:
        yield found


@pytest.fixture(params=["memory", "redis"])
async def open_bus(request: pytest.FixtureRequest) -> AsyncIterator[Opener]:
    """Makes started buses, by name, that reach each other."""
    exchange = MemoryExchange()
    url = request.getfixturevalue("shared").url if request.param == "redis" else ""

    async with AsyncExitStack() as stack:

        async def opened(name: str) -> Bus:
            bus = RedisBus(url, name) if url else MemoryBus(name, exchange)
            await bus.start()
            stack.push_async_callback(bus.stop)
            return bus

        yield opened


@asynccontextmanager
async def two_buses(url: str) -> AsyncIterator[tuple[RedisBus, RedisBus]]:
    left, right = RedisBus(url, "left"), RedisBus(url, "right")
    await left.start()
    await right.start()
    yield left, right
    await left.stop()
    await right.stop()


# --- the contract


async def test_everybody_subscribed_hears_everything_in_order(open_bus: Opener) -> None:
    left, right = await open_bus("left"), await open_bus("right")
    here, there = Subscriber(), Subscriber()
    await left.subscribe("order", here)
    await right.subscribe("order", there)
    sent = [b"%d\0\xff" % number for number in range(500)]
    for payload in sent:
        left.publish("order", payload)
    assert await here.payloads(500) == sent
    assert await there.payloads(500) == sent
    assert {sender for sender, _ in there.heard} == {"left"}


async def test_what_was_said_before_subscribing_is_not_heard(open_bus: Opener) -> None:
    left, right = await open_bus("left"), await open_bus("right")
    left.publish("before", b"early")
    await left.flush()
    there = Subscriber()
    await right.subscribe("before", there)
    left.publish("before", b"late")
    assert await there.payloads(1) == [b"late"]


async def test_topics_are_kept_apart(open_bus: Opener) -> None:
    left, right = await open_bus("left"), await open_bus("right")
    one, other = Subscriber(), Subscriber()
    await right.subscribe("one", one)
    await right.subscribe("other", other)
    left.publish("one", b"1")
    left.publish("other", b"2")
    assert await other.payloads(1) == [b"2"]
    assert await one.payloads(1) == [b"1"]


async def test_one_who_unsubscribed_hears_no_more(open_bus: Opener) -> None:
    left, right = await open_bus("left"), await open_bus("right")
    gone, stays = Subscriber(), Subscriber()
    leave = await right.subscribe("leaving", gone)
    await right.subscribe("leaving", stays)
    leave()
    left.publish("leaving", b"news")
    assert await stays.payloads(1) == [b"news"]
    assert gone.heard == []


async def test_a_failing_subscriber_stops_nobody(open_bus: Opener) -> None:
    left, right = await open_bus("left"), await open_bus("right")
    stays = Subscriber()

    def fail(sender: str, payload: bytes) -> None:
        raise ValueError

    await right.subscribe("failing", fail)
    await right.subscribe("failing", stays)
    left.publish("failing", b"1")
    left.publish("failing", b"2")
    assert await stays.payloads(2) == [b"1", b"2"]


# --- Redis


async def test_broken_connections_lose_and_repeat_nothing(shared: RedisServer) -> None:
    async with two_buses(shared.url) as (left, right):
        there = Subscriber()
        await right.subscribe("broken", there, there.lost)
        sent = [b"%d" % number for number in range(300)]
        client = redis.Redis.from_url(shared.url)
        for payload in sent:
            left.publish("broken", payload)
            if payload.endswith(b"50"):
                await asyncio.sleep(0)
                client.client_kill_filter(_type="normal", skipme=True)
        client.close()
        assert await there.payloads(300) == sent
        assert there.losses == 0


async def test_redis_that_kept_its_data_is_caught_up_with(private: RedisServer) -> None:
    async with two_buses(private.url) as (left, right):
        there = Subscriber()
        await right.subscribe("kept", there, there.lost)
        left.publish("kept", b"1")
        await there.payloads(1)
        with redis.Redis.from_url(private.url) as client:
            client.save()
        private.stop()
        left.publish("kept", b"2")
        left.publish("kept", b"3")
        private.start()
        assert await there.payloads(3) == [b"1", b"2", b"3"]
        assert there.losses == 0


async def test_redis_that_lost_its_data_is_noticed_and_used_again(private: RedisServer) -> None:
    async with two_buses(private.url) as (left, right):
        there = Subscriber()
        await right.subscribe("lost", there, there.lost)
        left.publish("lost", b"1")
        await there.payloads(1)
        private.stop()
        left.publish("lost", b"2")
        private.start()
        await there.until(lambda: there.losses == 1 and len(there.heard) == 2)
        assert there.heard[-1] == ("left", b"2")


async def test_what_a_slow_reader_can_not_catch_up_with_is_reported(
    private: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.infra.bus.WAITING_MAX", 5)
    async with two_buses(private.url) as (left, right):
        there = Subscriber()
        await right.subscribe("slow", there, there.lost)
        left.publish("slow", b"first")
        await there.payloads(1)
        with redis.Redis.from_url(private.url) as client:
            client.save()
        private.stop()
        for number in range(10):
            left.publish("slow", b"%d" % number)
        private.start()
        await there.payloads(6)
        left.publish("slow", b"last")
        await there.payloads(7)
        assert there.losses == 1


async def test_bus_starts_before_redis_does(private: RedisServer) -> None:
    private.stop()
    async with two_buses(private.url) as (left, right):
        there = Subscriber()
        await right.subscribe("early", there)
        private.start()
        async with asyncio.timeout(PATIENCE_S):
            while not there.heard:
                left.publish("early", b"hello")
                await asyncio.sleep(0.05)
