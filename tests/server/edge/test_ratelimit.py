"""Moving windows: exact, under parallel tries too."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.edge.ratelimit import Limit, Windows
from server.infra import clock
from server.infra.clock import ManualClock
from server.infra.errors import Throttled

TEN = Limit("ten", 10, timedelta(minutes=5))
ONE = Limit("one", 1, timedelta(minutes=5))


@given(st.lists(st.floats(0, 200), max_size=60), st.integers(1, 5))
def test_no_window_ever_holds_more_than_its_count(pauses: list[float], count: int) -> None:
    limit = Limit("some", count, timedelta(seconds=300))
    windows, taken = Windows(), []
    manual = ManualClock()
    with clock.replaced(manual):
        for pause in pauses:
            manual.advance(timedelta(seconds=pause))
            inside = [at for at in taken if at > manual.now() - limit.period]
            try:
                windows.take(limit, "x")
            except Throttled as error:
                assert len(inside) == count
                assert 1 <= error.retry_after <= 300
            else:
                assert len(inside) < count
                taken.append(manual.now())


async def test_room_is_free_again_after_the_time_that_was_told(moved_clock: ManualClock) -> None:
    windows = Windows()
    windows.take(ONE, "x")
    with pytest.raises(Throttled) as refused:
        windows.take(ONE, "x")
    windows.take(ONE, "y")
    moved_clock.advance(timedelta(seconds=refused.value.retry_after))
    windows.take(ONE, "x")


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


async def test_parallel_failures_can_not_slip_in_together(moved_clock: ManualClock) -> None:
    windows, begun = Windows(), []
    tries = await asyncio.gather(*(_try(windows, False, begun) for _ in range(100)))
    assert sum(tries) == 10 == len(begun)


async def test_parallel_successes_all_get_in(moved_clock: ManualClock) -> None:
    windows = Windows()
    assert all(await asyncio.gather(*(_try(windows, True, []) for _ in range(100))))
    assert await _try(windows, False, [])


async def test_cancelled_try_gives_its_room_back(moved_clock: ManualClock) -> None:
    windows = Windows()
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


async def test_windows_that_ended_are_swept_out(
    moved_clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.edge.ratelimit.MAX_KEYS", 50)
    windows = Windows()
    for number in range(60):
        windows.take(TEN, str(number))
    moved_clock.advance(timedelta(minutes=5))
    windows.take(TEN, "last")
    assert len(windows._windows) == 1
