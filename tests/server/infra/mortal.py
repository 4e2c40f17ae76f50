"""A worker process that is killed again and again while it works off a row of jobs.

python -m tests.server.infra.mortal   works on the database that the environment names, until killed
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
from asyncio.subprocess import DEVNULL, PIPE
from datetime import timedelta
from typing import Any

from config.settings import Settings, load_settings
from server.infra import db, outbox
from server.infra.models import OutboxRow, StateTransition
from server.infra.transitions import record_transition
from server.worker import Worker

JOB = "test.mortal"
LEASE = timedelta(seconds=0.5)  # so soon another worker takes up what a killed one had
LONGEST_LIFE_S = 0.15
PACE_S = 0.01  # of work on each job, so that there is something to interrupt
WITHIN_S = 120.0
LOOK_S = 0.05


async def work(payload: dict[str, Any]) -> None:
    await asyncio.sleep(PACE_S)
    await have_effect(payload["number"])


@db.transactional
async def have_effect(number: int) -> None:
    await record_transition(JOB, number, "", "done", None)


async def effects() -> set[int]:
    """The numbers of the jobs that were done, at least once."""
    return {int(row.entity_id) for row in await StateTransition.filter(entity=JOB)}


async def kill_workers(settings: Settings, *, jobs: int, kills: int, seed: int) -> int:
    """Kill `kills` workers at random moments in the middle of work, and let one more finish.

    `jobs` are enqueued whenever there are none left, since nobody knows how far a worker gets before its
    end; returns how many there were in all."""
    chance = random.Random(seed)
    total = killed = 0
    async with asyncio.timeout(WITHIN_S):
        while killed < kills:
            if not await _left():
                await _enqueue(range(total, total + jobs))
                total += jobs
            await _one_life(settings, chance.random() * LONGEST_LIFE_S)
            killed += await _left()
        await _one_life(settings, None)
    return total


@db.transactional
async def _enqueue(numbers: range) -> None:
    for number in numbers:
        await outbox.enqueue(JOB, {"number": number})


async def _left() -> bool:
    return await OutboxRow.filter(job=JOB, done_at__isnull=True).exists()


async def _until_done() -> None:
    while True:
        if not await _left():
            return
        await asyncio.sleep(LOOK_S)


async def _one_life(settings: Settings, life_s: float | None) -> None:
    """A worker for so many seconds, or until everything is done."""
    environ = {
        "PEERLEARN_DATA_DIR": str(settings.data_dir),
        "PEERLEARN_DATABASE_URL": settings.database_url,
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
    }
    command = (sys.executable, "-m", __name__)
    process = await asyncio.create_subprocess_exec(*command, env=environ, stdout=PIPE, stderr=DEVNULL)
    try:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"begun\n"
        await (_until_done() if life_s is None else asyncio.sleep(life_s))
    finally:
        process.kill()
        await process.wait()


async def _work() -> None:
    outbox.LEASE = LEASE
    outbox.job(JOB)(work)
    await db.open_database(load_settings())
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    await Worker().run()


if __name__ == "__main__":
    asyncio.run(_work())
