"""Runs due outbox rows: inside the server, or as a process of its own (`python -m server worker`)."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

import structlog

import server
from server.edge import idempotency
from server.infra import clock, outbox
from server.infra.db import DatabaseDown
from server.infra.metrics import JOBS_FAILED, JOBS_LAG
from server.infra.outbox import Claim, Lane

CONCURRENCY = 4  # jobs of each lane at a time
POLL_S = 1.0  # how soon a row written by another process is seen
RENEW_S = outbox.LEASE.total_seconds() / 3
SCHEDULE_S = 60.0  # how often periodic jobs are looked after, should one have lost its next run
STOP_S = 5.0  # how long a stopping worker waits for what it has begun

log = structlog.get_logger()


def load_jobs() -> None:
    """Import every feature's `jobs.py`, which registers its handlers."""
    for feature in iter_modules(server.__path__, "server."):
        if feature.ispkg and find_spec(f"{feature.name}.jobs"):
            import_module(f"{feature.name}.jobs")


class Worker:
    """Claims due rows and runs their handlers, a few of each lane at a time."""

    def __init__(self) -> None:
        self._wake = asyncio.Event()
        self._running: dict[asyncio.Task[None], Lane] = {}
        self._scheduled_at = -math.inf

    async def run(self) -> None:
        """Work until cancelled; then wait a little for what is running."""
        unsubscribe = outbox.on_enqueued(self._wake.set)
        try:
            while True:
                await self._turn()
        finally:
            unsubscribe()
            await self._stop()

    async def _turn(self) -> None:
        """Start what is due, then wait for more."""
        self._wake.clear()
        try:
            await self._schedule()
            await self._start_due()
        except DatabaseDown:
            log.warning("the outbox can't be read: the database is away")
        except Exception:
            log.exception("the outbox could not be read")
        # Not `wait_for`: up to Python 3.11 it swallows a cancellation that comes together with the event.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(POLL_S):
                await self._wake.wait()

    async def _schedule(self) -> None:
        if time.monotonic() - self._scheduled_at >= SCHEDULE_S:
            await outbox.schedule_periodic()
            self._scheduled_at = time.monotonic()

    async def _start_due(self) -> None:
        taken = Counter(self._running.values())
        claims = await outbox.claim_in_lanes({lane: CONCURRENCY - taken[lane] for lane in Lane})
        for claimed in claims:
            task = asyncio.create_task(run_claimed(claimed))
            self._running[task] = claimed.lane
            task.add_done_callback(self._done)
        JOBS_LAG.set(await _lag())

    def _done(self, task: asyncio.Task[None]) -> None:
        del self._running[task]
        self._wake.set()

    async def _stop(self) -> None:
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=STOP_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


async def _lag() -> float:
    due = await outbox.next_due()
    return max(0.0, (clock.now() - due).total_seconds()) if due else 0.0


async def run_claimed(claimed: Claim) -> None:
    """Run one row and write down what became of it. Never raises but when cancelled: a row of which
    nothing could be written is run again when its lease ends."""
    with structlog.contextvars.bound_contextvars(job=claimed.job, job_id=claimed.id):
        try:
            await _run(claimed)
            await outbox.schedule_periodic(claimed.job)
        except DatabaseDown:
            log.warning("what became of a job could not be written: the database is away")


async def _run(claimed: Claim) -> None:
    try:
        async with _renewed(claimed):
            await outbox.handle(claimed)
    except asyncio.CancelledError:
        await outbox.put_back(claimed)
        raise
    except Exception as error:
        JOBS_FAILED.labels(claimed.job).inc()
        hopeless = isinstance(error, outbox.Hopeless)
        after_s = error.after_s if isinstance(error, outbox.Later) else 0.0
        again = await outbox.fail(claimed, repr(error)[:2000], hopeless=hopeless, after_s=after_s)
        log.exception("job failed", attempt=claimed.attempt, again=again)
    else:
        await outbox.finish(claimed)


@contextlib.asynccontextmanager
async def _renewed(claimed: Claim) -> AsyncIterator[None]:
    """Keep the lease while the block runs."""

    async def renew() -> None:
        while True:
            await asyncio.sleep(RENEW_S)
            with contextlib.suppress(DatabaseDown):  # two more tries before the lease ends
                await outbox.renew(claimed)

    task = asyncio.create_task(renew())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def run_due(limit: int = 1000) -> int:
    """Run what is due now, one after the other, and what that makes due; returns how many ran."""
    ran = 0
    while ran < limit and (claims := await outbox.claim(1)):
        await run_claimed(claims[0])
        ran += 1
    return ran


@outbox.periodic("outbox.purge", every=timedelta(hours=1))
async def purge(payload: dict[str, object]) -> None:
    """Forget old rows and old idempotent answers."""
    await outbox.purge()
    await idempotency.purge()
