"""Leases: held while the holder lives, taken over when it died, told when it was taken for dead."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, suppress

import pytest

from server.infra import leases
from server.infra.leases import Leases, MemoryLeases, RedisLeases, Unreachable
from tests.redis import RedisServer
from tests.redis import server as redis_server

PATIENCE_S = 60


@pytest.fixture
def private() -> Iterator[RedisServer]:
    with redis_server() as found:
        yield found


@pytest.fixture
async def two(
    private: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[RedisLeases, RedisLeases]]:
    monkeypatch.setattr(leases, "LIFE_MS", 400)
    monkeypatch.setattr(leases, "BEAT_S", 0.1)
    async with AsyncExitStack() as stack:
        found = RedisLeases(private.url, "ann"), RedisLeases(private.url, "bob")
        for one in found:
            await one.start()
            stack.push_async_callback(one.stop)
        yield found


async def taken(by: Leases, thing: str) -> None:
    """Wait until the lease can be had."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            with suppress(Unreachable):
                if await by.claim(thing) == by.name:
                    return
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("kind", ["memory", "redis"])
async def test_what_nobody_holds_is_ours_and_stays_ours(kind: str, private: RedisServer) -> None:
    one: Leases = MemoryLeases("ann") if kind == "memory" else RedisLeases(private.url, "ann")
    await one.start()
    assert await one.claim("room") == await one.claim("room") == "ann"
    assert await one.living(["ann", "nobody"]) == {"ann"}
    await one.resign()
    await one.stop()


async def test_what_a_living_process_holds_is_not_taken(two: tuple[RedisLeases, RedisLeases]) -> None:
    ann, bob = two
    assert await ann.claim("room") == "ann"
    assert await bob.claim("room") == "ann"
    assert await bob.claim("other room") == "bob"
    assert await ann.living(["ann", "bob", "zoe"]) == {"ann", "bob"}


async def test_of_many_at_once_one_gets_it(two: tuple[RedisLeases, RedisLeases]) -> None:
    holders = await asyncio.gather(*(each.claim("wanted") for each in two * 10))
    assert len(set(holders)) == 1


async def test_leases_of_the_dead_are_taken_over(two: tuple[RedisLeases, RedisLeases]) -> None:
    ann, bob = two
    await ann.claim("room")
    assert ann._beating is not None
    ann._beating.cancel()
    await taken(bob, "room")
    with pytest.raises(Unreachable):
        await ann.claim("room")


async def test_who_resigns_leaves_everything_at_once(two: tuple[RedisLeases, RedisLeases]) -> None:
    ann, bob = two
    await ann.claim("room")
    await ann.resign()
    assert await bob.claim("room") == "bob"


async def test_who_was_taken_for_dead_is_told(
    two: tuple[RedisLeases, RedisLeases], private: RedisServer
) -> None:
    lapsed = asyncio.Event()
    two[0].on_lapse(lapsed.set)
    private.stop()
    with pytest.raises(Unreachable):
        await two[0].claim("room")
    with pytest.raises(Unreachable):
        await two[0].living(["ann"])
    private.start()
    await asyncio.wait_for(lapsed.wait(), PATIENCE_S)
    with pytest.raises(Unreachable):
        await two[0].claim("another room")
    assert await two[0].claim("room", again=True) == "ann"
    await taken(two[0], "another room")
