"""Jobs follow their commit, run at least once, never twice at a time, and are not lost with a worker."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import Settings
from server.infra import clock, db, outbox
from server.infra.clock import ManualClock
from server.infra.metrics import JOBS_LAG
from server.infra.models import OutboxRow
from server.infra.outbox import Lane
from server.worker import CONCURRENCY, Worker, run_due
from tests.databases import BOTH, ON_POSTGRES
from tests.server.infra import mortal
from tests.server.infra.mortal import effects, kill_workers

PATIENCE_S = 60


class Recorder:
    """A handler that keeps what it was given, and fails for as long as it is told to."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.failures = 0
        self.called = asyncio.Event()

    async def __call__(self, payload: dict[str, Any]) -> None:
        db.require_no_transaction()
        self.calls.append(payload)
        self.called.set()
        if self.failures:
            self.failures -= 1
            raise ValueError("not yet")


@pytest.fixture
def handler(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """The handler of the job `test.job`."""
    recorder = Recorder()
    monkeypatch.setitem(outbox._handlers, "test.job", recorder)
    return recorder


@db.transactional
async def enqueue(count: int = 1, **options: Any) -> None:
    for number in range(count):
        await outbox.enqueue("test.job", {"number": number}, **options)


@db.transactional
async def enqueue_one(job: str, number: int) -> None:
    await outbox.enqueue(job, {"number": number})


@BOTH
async def test_job_runs_after_its_commit(database: Settings, handler: Recorder) -> None:
    await enqueue()
    assert await run_due() == 1
    assert handler.calls == [{"number": 0}]
    assert await run_due() == 0


@BOTH
async def test_job_of_an_undone_transaction_never_was(database: Settings, handler: Recorder) -> None:
    @db.transactional
    async def undone() -> None:
        await enqueue()
        raise ValueError

    with pytest.raises(ValueError):
        await undone()
    assert await run_due() == 0


@BOTH
async def test_same_dedupe_key_runs_once(database: Settings, handler: Recorder) -> None:
    await asyncio.gather(*(enqueue(dedupe_key="mail:7") for _ in range(10)))
    await run_due()
    await enqueue(dedupe_key="mail:7")
    await run_due()
    assert len(handler.calls) == 1


async def test_job_waits_for_its_time(
    database: Settings, handler: Recorder, moved_clock: ManualClock
) -> None:
    await enqueue(run_at=clock.now() + timedelta(hours=1))
    assert await run_due() == 0
    moved_clock.advance(timedelta(hours=1))
    assert await run_due() == 1


async def test_failed_job_is_tried_again_later_and_later(
    database: Settings, handler: Recorder, moved_clock: ManualClock
) -> None:
    handler.failures = 3
    await enqueue()
    waits = []
    for _ in range(3):
        assert await run_due() == 1
        row = await OutboxRow.get()
        assert "not yet" in row.last_error
        waits.append((row.run_at - clock.now()).total_seconds())
        assert await run_due() == 0
        moved_clock.set(row.run_at)
    assert waits == sorted(waits)
    assert await run_due() == 1
    assert (await OutboxRow.get()).done_at is not None


async def test_hopeless_job_is_given_up_and_kept(
    database: Settings, handler: Recorder, moved_clock: ManualClock
) -> None:
    handler.failures = 1000
    await enqueue()
    for _ in range(outbox.MAX_ATTEMPTS + 5):
        await run_due()
        moved_clock.advance(timedelta(hours=2))
    row = await OutboxRow.get()
    assert row.failed_at is not None
    assert row.attempts == outbox.MAX_ATTEMPTS == len(handler.calls)


async def test_job_without_a_handler_is_tried_again(database: Settings) -> None:
    @db.transactional
    async def unit() -> None:
        await outbox.enqueue("test.unknown", {})

    await unit()
    await run_due()
    assert "no handler" in (await OutboxRow.get()).last_error


@BOTH
async def test_two_workers_never_claim_the_same_row(database: Settings) -> None:
    await enqueue(50)

    async def claim_all() -> list[int]:
        claimed: list[int] = []
        while found := await outbox.claim(3):
            claimed += [claim.id for claim in found]
        return claimed

    claims = await asyncio.gather(*(claim_all() for _ in range(5)))
    everything = [row_id for claimed in claims for row_id in claimed]
    assert len(everything) == 50 == len(set(everything))


@BOTH
async def test_killed_workers_job_is_taken_up_when_its_lease_ends(
    database: Settings, handler: Recorder, moved_clock: ManualClock
) -> None:
    await enqueue()
    (lost,) = await outbox.claim(1)
    assert await outbox.claim(1) == []
    moved_clock.advance(outbox.LEASE)
    (taken,) = await outbox.claim(1)
    assert (taken.id, taken.attempt) == (lost.id, 2)


VICTIM = """
import asyncio
from config.settings import load_settings
from server.infra import db, outbox
from server.worker import Worker

@outbox.job("test.job")
async def endless(payload):
    print("begun", flush=True)
    await asyncio.Event().wait()

async def main():
    await db.open_database(load_settings())
    await Worker().run()

asyncio.run(main())
"""


@BOTH
async def test_job_of_a_killed_process_runs_elsewhere(
    database: Settings, handler: Recorder, moved_clock: ManualClock
) -> None:
    await enqueue()
    environ = {
        "PEERLEARN_DATA_DIR": str(database.data_dir),
        "PEERLEARN_DATABASE_URL": database.database_url,
    }
    victim = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", VICTIM), env=environ, stdout=asyncio.subprocess.PIPE
    )
    assert victim.stdout is not None
    assert await asyncio.wait_for(victim.stdout.readline(), 60) == b"begun\n"
    victim.kill()
    await victim.wait()
    assert await run_due() == 0
    moved_clock.advance(outbox.LEASE + timedelta(minutes=1))
    await run_due()
    assert handler.calls == [{"number": 0}]


@ON_POSTGRES
async def test_row_that_another_worker_is_taking_is_passed_over(database: Settings) -> None:
    await enqueue(2)
    first = await OutboxRow.all().order_by("id").first()
    assert first is not None
    other = await asyncpg.connect(database.database_url)
    try:
        async with other.transaction():
            await other.execute("SELECT id FROM outbox WHERE id = $1 FOR UPDATE", first.id)
            async with asyncio.timeout(PATIENCE_S):
                taken = await outbox.claim(2)
        assert [claimed.payload for claimed in taken] == [{"number": 1}]
    finally:
        await other.close()


@BOTH
async def test_workers_killed_at_any_point_lose_nothing(database: Settings) -> None:
    """Each kill comes at another moment of the work; every job has had its effect in the end."""
    jobs = await kill_workers(database, jobs=60, kills=3, seed=7)
    assert await effects() == set(range(jobs))
    assert not await OutboxRow.filter(job=mortal.JOB, done_at__isnull=True).exists()


async def test_worker_that_lost_its_lease_changes_nothing(
    database: Settings, moved_clock: ManualClock
) -> None:
    await enqueue()
    (stale,) = await outbox.claim(1)
    moved_clock.advance(outbox.LEASE)
    (taken,) = await outbox.claim(1)
    await outbox.fail(stale, "too late")
    await outbox.finish(stale)
    row = await OutboxRow.get()
    assert row.done_at is None
    assert row.last_error == ""
    await outbox.finish(taken)
    assert (await OutboxRow.get()).done_at is not None


async def test_renewed_lease_keeps_a_long_job(database: Settings, moved_clock: ManualClock) -> None:
    await enqueue()
    (claimed,) = await outbox.claim(1)
    for _ in range(5):
        moved_clock.advance(outbox.LEASE * 0.9)
        await outbox.renew(claimed)
    assert await outbox.claim(1) == []


async def test_running_worker_wakes_at_the_commit(
    database: Settings, handler: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.worker.POLL_S", 3600)
    worker = asyncio.create_task(Worker().run())
    await enqueue()
    await asyncio.wait_for(handler.called.wait(), PATIENCE_S)
    worker.cancel()
    with pytest.raises(asyncio.CancelledError):
        await worker
    assert (await OutboxRow.get(job="test.job")).done_at is not None


async def test_lag_is_how_long_the_oldest_due_job_waits(
    database: Settings, moved_clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.worker.CONCURRENCY", 0)  # nobody takes it
    for seconds in (90, 10):
        await enqueue()
        moved_clock.advance(timedelta(seconds=seconds))
    await Worker()._start_due()
    assert JOBS_LAG._value.get() == 100
    await OutboxRow.all().update(done_at=clock.now())
    await Worker()._start_due()
    assert JOBS_LAG._value.get() == 0


@BOTH
@pytest.mark.parametrize("held_up", [Lane.LONG, Lane.SHORT])
async def test_lane_that_is_full_holds_up_no_other(
    database: Settings, handler: Recorder, monkeypatch: pytest.MonkeyPatch, held_up: Lane
) -> None:
    """More recordings than there are places come first, and none of them ends."""
    begun = asyncio.Queue[int]()

    async def endless(payload: dict[str, Any]) -> None:
        begun.put_nowait(payload["number"])
        await asyncio.Event().wait()

    monkeypatch.setitem(outbox._handlers, "test.endless", endless)
    monkeypatch.setitem(outbox._lanes, "test.endless", held_up)
    monkeypatch.setitem(outbox._lanes, "test.job", Lane.MAIL)
    monkeypatch.setattr("server.worker.STOP_S", 0.01)
    for number in range(CONCURRENCY + 3):
        await enqueue_one("test.endless", number)
    await enqueue()
    worker = asyncio.create_task(Worker().run())
    async with asyncio.timeout(PATIENCE_S):
        assert [await begun.get() for _ in range(CONCURRENCY)] == list(range(CONCURRENCY))
        await handler.called.wait()
    assert begun.empty()
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)


@BOTH
async def test_each_lane_has_its_own_places_and_what_nobody_knows_is_short(
    database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "_lanes", {"test.mail": Lane.MAIL, "test.long": Lane.LONG})
    for number in range(3):
        for name in ("test.long", "test.mail", "test.unknown"):
            await enqueue_one(name, number)
    places = {Lane.SHORT: 1, Lane.MAIL: 2, Lane.LONG: 0}
    claims = await outbox.claim_in_lanes(places)
    assert sorted((claim.job, claim.lane) for claim in claims) == [
        ("test.mail", Lane.MAIL),
        ("test.mail", Lane.MAIL),
        ("test.unknown", Lane.SHORT),
    ]
    assert await outbox.claim_in_lanes(dict.fromkeys(Lane, 0)) == []
    assert len(await outbox.claim(100)) == 6


async def test_periodic_job_that_lost_its_next_run_gets_one(
    database: Settings, moved_clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "_periods", {"test.hourly": timedelta(hours=1)})
    monkeypatch.setattr("server.worker.SCHEDULE_S", 0)
    worker = Worker()
    for _ in range(2):
        await worker._schedule()
        assert await OutboxRow.filter(job="test.hourly").count() == 1
        await OutboxRow.all().delete()


async def test_stopping_worker_puts_back_what_it_could_not_end(
    database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = asyncio.Event()

    async def endless(payload: dict[str, Any]) -> None:
        begun.set()
        await asyncio.Event().wait()

    monkeypatch.setitem(outbox._handlers, "test.job", endless)
    monkeypatch.setattr("server.worker.STOP_S", 0.01)
    worker = asyncio.create_task(Worker().run())
    await enqueue()
    await asyncio.wait_for(begun.wait(), PATIENCE_S)
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)
    row = await OutboxRow.get(job="test.job")
    assert row.lease_until is None
    assert row.done_at is None


async def test_periodic_job_has_one_row_for_each_period(
    database: Settings,
    monkeypatch: pytest.MonkeyPatch,
    moved_clock: ManualClock,
    run_jobs: Callable[[], Awaitable[int]],
) -> None:
    monkeypatch.setattr(outbox, "_periods", {"test.hourly": timedelta(hours=1)})
    recorder = Recorder()
    monkeypatch.setitem(outbox._handlers, "test.hourly", recorder)
    for _ in range(3):
        await outbox.schedule_periodic()
    for ran in range(4):
        assert len(recorder.calls) == ran
        moved_clock.advance(timedelta(hours=1))
        await run_jobs()


async def test_old_done_rows_are_forgotten(
    database: Settings, handler: Recorder, moved_clock: ManualClock
) -> None:
    await enqueue()
    await run_due()
    moved_clock.advance(outbox.KEEP_DONE)
    await outbox.purge()
    assert await OutboxRow.all().count() == 1
    moved_clock.advance(timedelta(seconds=1))
    await outbox.purge()
    assert await OutboxRow.all().count() == 0


@given(st.integers(1, outbox.MAX_ATTEMPTS), st.floats(0, 1, exclude_max=True))
def test_pause_grows_and_has_an_end(attempt: int, chance: float) -> None:
    pause = outbox.backoff(attempt, chance)
    assert outbox.BACKOFF_BASE_S <= pause <= outbox.BACKOFF_MAX_S * 1.25
    assert pause <= outbox.backoff(attempt + 1, 0.9999) + 1
