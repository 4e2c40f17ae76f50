"""Moving windows: exact, under parallel tries too, in memory and in Redis."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.settings import Settings
from server.edge import ratelimit, writes
from server.edge.ratelimit import Limit, Windows
from server.infra import clock
from server.infra.clock import ManualClock
from server.infra.errors import Throttled
from tests.factories import Api, api_of, person
from tests.redis import RedisServer
from tests.server.edge.app import edge_client

TEN = Limit("ten", 10, timedelta(minutes=5))
ONE = Limit("one", 1, timedelta(minutes=5))
STORES = pytest.mark.parametrize("store", ["memory", "redis"])


@pytest.fixture
async def windows(store: str, request: pytest.FixtureRequest) -> AsyncIterator[Windows]:
    found = Windows(request.getfixturevalue("redis_url") if store == "redis" else "")
    yield found
    await found.close()


@pytest.fixture
async def two_processes(redis_url: str) -> AsyncIterator[list[Windows]]:
    """Windows as two processes have them."""
    async with AsyncExitStack() as closing:
        both = [Windows(redis_url), Windows(redis_url)]
        for windows in both:
            closing.push_async_callback(windows.close)
        yield both


@settings(max_examples=50)
@given(st.lists(st.floats(0, 200), max_size=60), st.integers(1, 5))
async def test_no_window_ever_holds_more_than_its_count(pauses: list[float], count: int) -> None:
    limit = Limit("some", count, timedelta(seconds=300))
    windows, taken = Windows(), []
    manual = ManualClock()
    with clock.replaced(manual):
        for pause in pauses:
            manual.advance(timedelta(seconds=pause))
            inside = [at for at in taken if at >= manual.now() - limit.period]
            try:
                await windows.take(limit, "x")
            except Throttled as error:
                assert len(inside) == count
                assert 1 <= error.retry_after <= 301
            else:
                assert len(inside) < count
                taken.append(manual.now())


@STORES
async def test_room_is_free_again_after_the_time_that_was_told(
    windows: Windows, moved_clock: ManualClock
) -> None:
    await windows.take(ONE, "x")
    with pytest.raises(Throttled) as refused:
        await windows.take(ONE, "x")
    await windows.take(ONE, "y")
    moved_clock.advance(timedelta(seconds=refused.value.retry_after))
    await windows.take(ONE, "x")


async def _try(windows: Windows, works: bool, under_way: list[int]) -> bool:
    """False when it was refused."""
    try:
        async with windows.attempt((TEN, "x")) as attempt:
            under_way.append(1)
            await asyncio.sleep(0)
            attempt.failed = not works
    except Throttled:
        return False
    return True


@STORES
async def test_parallel_failures_can_not_slip_in_together(
    windows: Windows, moved_clock: ManualClock
) -> None:
    begun: list[int] = []
    tries = await asyncio.gather(*(_try(windows, False, begun) for _ in range(100)))
    assert sum(tries) == 10 == len(begun)
    assert windows._queues == {}


@STORES
async def test_parallel_successes_all_get_in(windows: Windows, moved_clock: ManualClock) -> None:
    assert all(await asyncio.gather(*(_try(windows, True, []) for _ in range(100))))
    assert await _try(windows, False, [])


@STORES
async def test_cancelled_try_gives_its_room_back(windows: Windows, moved_clock: ManualClock) -> None:
    begun = asyncio.Event()

    async def stuck() -> None:
        async with windows.attempt((ONE, "x")):
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(stuck())
    await begun.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with windows.attempt((ONE, "x")):
        pass


@STORES
async def test_failure_counts_under_every_limit_given(windows: Windows, moved_clock: ManualClock) -> None:
    async with windows.attempt((TEN, "x"), (ONE, "y")) as attempt:
        attempt.failed = True
    async with windows.attempt((TEN, "x")):
        pass
    with pytest.raises(Throttled):
        async with windows.attempt((TEN, "x"), (ONE, "y")):
            pass


async def test_windows_that_ended_are_swept_out(
    moved_clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ratelimit, "SWEEP_EVERY_S", 0)
    windows = Windows()
    for number in range(60):
        await windows.take(TEN, str(number))
    moved_clock.advance(timedelta(minutes=6))
    await windows.take(TEN, "last")
    storage: Any = windows._memory.storage
    await storage.timer
    assert len(storage.events) == 1


async def test_memory_is_not_swept_with_each_hit() -> None:
    windows = Windows()
    await windows.take(TEN, "first")
    storage: Any = windows._memory.storage
    sweep = storage.timer
    for number in range(100):
        await windows.take(TEN, str(number))
        await asyncio.sleep(0)
    assert storage.timer is sweep


# --- several processes


async def test_processes_count_together(two_processes: list[Windows], moved_clock: ManualClock) -> None:
    first, second = two_processes
    for windows in (first, second) * 5:
        await windows.take(TEN, "x")
    for windows in (first, second):
        with pytest.raises(Throttled):
            await windows.take(TEN, "x")


async def test_failures_in_two_processes_are_never_more_than_the_window(
    two_processes: list[Windows], moved_clock: ManualClock
) -> None:
    """Each lets in what there is room for; a failure too many is refused like the try after it."""
    tries = await asyncio.gather(*(_try(two_processes[n % 2], False, []) for n in range(100)))
    assert sum(tries) == 10


async def test_without_redis_each_process_counts_for_itself(
    redis_server: RedisServer, two_processes: list[Windows], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = two_processes
    await first.take(ONE, "x")
    redis_server.stop()
    try:
        await second.take(ONE, "x")
        for windows in two_processes:
            with pytest.raises(Throttled):
                await windows.take(ONE, "x")
    finally:
        redis_server.start()
    monkeypatch.setattr(time, "monotonic", _later(time.monotonic, ratelimit.REDIS_PAUSE_S))
    await first.take(ONE, "y")
    with pytest.raises(Throttled):
        await second.take(ONE, "y")


async def test_what_a_process_has_counted_outlives_a_restart_of_redis(
    redis_server: RedisServer,
    two_processes: list[Windows],
    moved_clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = two_processes
    await first.take(ONE, "x")
    redis_server.stop()
    redis_server.start()
    monkeypatch.setattr(time, "monotonic", _later(time.monotonic, ratelimit.REDIS_PAUSE_S))
    with pytest.raises(Throttled) as refused:
        await first.take(ONE, "x")
    assert refused.value.retry_after > 290
    await second.take(TEN, "x")
    moved_clock.advance(ONE.period + timedelta(seconds=1))
    await first.take(ONE, "x")


def _later(now: Any, seconds: float) -> Any:
    return lambda: now() + seconds


# --- the general limit


async def test_who_writes_far_too_much_is_slowed(
    database: Settings, monkeypatch: pytest.MonkeyPatch, moved_clock: ManualClock
) -> None:
    monkeypatch.setattr(writes, "IN_DEVELOPMENT", 1)
    monkeypatch.setattr(writes, "PER_PERSON", Limit("writes-person", 5, writes.MINUTE))
    monkeypatch.setattr(writes, "PER_ADDRESS", Limit("writes-address", 8, writes.MINUTE))
    await person("anna")
    await person("ben")
    async with edge_client(database) as client:
        anna, ben = await api_of(client, "anna"), await api_of(client, "ben")
        for _ in range(5):
            assert (await anna.post("/count")).status == 200
        refused = await anna.post("/count")
        assert (refused.status, refused.code) == (429, "throttled")
        assert (await anna.get("/things?name=x")).status == 200
        assert (await ben.post("/count")).status == 200
        for _ in range(6):  # the two logins were the first of eight
            assert (await Api(client).post("/things", {"name": "x"})).status == 200
        assert (await Api(client).post("/things", {"name": "x"})).status == 429
        moved_clock.advance(timedelta(seconds=int(refused.headers["Retry-After"])))
        assert (await anna.post("/count")).status == 200
