"""A server that is killed in the middle of a film: nothing stays behind, and the next begins anew."""

from __future__ import annotations

import asyncio
import os
import select
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.settings import Settings
from server.infra import outbox
from server.infra.models import OutboxRow
from server.recordings.depot import depot
from server.recordings.films import making, rows, scratch
from tests.databases import ON_SQLITE
from tests.server.classroom.stage import Stage
from tests.server.recordings.composing import tapes
from tests.server.recordings.films.reel import everybody, filmed, heard, left_over, stored_films
from tests.server.recordings.films.test_making import quickly

CHILD = "tests.server.recordings.films.composing_server"


@ON_SQLITE
async def test_after_kill_9_the_film_is_begun_anew_and_nothing_is_left(
    stage: Stage, database: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await filmed(stage, tmp_path)
    await found.track("Lea", "camera", tapes.pictures(tapes.flashing([]), 1000), start_ms=7_200_000)
    await found.ask()
    await OutboxRow.exclude(job=rows.COMPOSE).delete()
    await OutboxRow.all().update(run_at=datetime(2020, 1, 1, tzinfo=UTC))  # its clock is the real one
    environ = {
        **os.environ,
        "PEERLEARN_DATA_DIR": str(database.data_dir),
        "PEERLEARN_DATABASE_URL": database.database_url,
    }
    server = await asyncio.create_subprocess_exec(sys.executable, "-m", CHILD, env=environ)
    try:
        async with asyncio.timeout(120):
            while (await found.row()).done_ms == 0:
                assert server.returncode is None
                await asyncio.sleep(0.05)
        (composing,) = children(server.pid)
    finally:
        server.kill()
    assert left_over() != []
    await asyncio.to_thread(wait_for_end, composing)
    await server.wait()
    scratch.clear(depot().scratch)
    assert left_over() == []
    stage.clock.set(max(stage.clock.now(), datetime.now(UTC) + outbox.LEASE * 2))
    monkeypatch.setattr(making, "compose", quickly)
    await stage.run_jobs()
    row = await found.row()
    assert (row.state, row.attempts) == ("ready", 2)
    assert sorted(name.partition(".")[0] for name in stored_films(found)) == ["lesson-2"] * 2
    assert await heard() == everybody(stage)


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def wait_for_end(pid: int) -> None:
    """Of a process that is no child of ours."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([descriptor], [], [], 60)[0]
    finally:
        os.close(descriptor)
