"""PostgreSQL and Redis restart below people who go on: errors end soon, and nothing promised is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.databases import PROGRAMS
from tests.server.infra.restarts import set_up

ERRORS_S = 5.0  # after it is back; a busy machine takes most of it


@pytest.mark.skipif(PROGRAMS is None, reason="no PostgreSQL is installed")
@pytest.mark.parametrize("what", ["PostgreSQL crashed", "Redis lost its data"])
async def test_restart_costs_seconds_and_nothing_else(tmp_path: Path, what: str) -> None:
    async with set_up(tmp_path, rooms=1, people=3, offers=100) as scene:
        lines, seats = scene.crowd.lines, scene.crowd.seats
        outage = await scene.outage(what)
        assert outage.errors_s < ERRORS_S
        assert outage.back_s < ERRORS_S
        assert scene.crowd.lines > lines > 0
        assert scene.crowd.seats > seats > 0
        await scene.crowd.stop()
        assert await scene.crowd.broken_promises() == []
