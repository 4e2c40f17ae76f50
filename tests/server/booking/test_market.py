"""Servers die and PostgreSQL crashes below people who book: what was acknowledged is there, and no
seat is sold twice."""

from __future__ import annotations

import asyncio
from pathlib import Path
from random import Random

import pytest

from server.infra import db
from tests.databases import DURABLE, PROGRAMS, postgres
from tests.redis import server as redis_server
from tests.server.booking.market import market
from tests.server.classroom.town import settled_town
from tests.server.infra.restarts import fresh_database


@pytest.mark.skipif(PROGRAMS is None, reason="no PostgreSQL is installed")
async def test_no_acknowledged_booking_is_lost_and_no_seat_is_sold_twice(tmp_path: Path) -> None:
    with postgres(options=DURABLE) as database, redis_server() as redis:
        settings = await fresh_database(tmp_path, database)
        try:
            async with settled_town(settings, redis) as town:
                await asyncio.gather(town.start(), town.start())
                async with market(town, database, customers=12, sessions=4, seed=7) as found:
                    await found.trade(1)
                    await found.kill_a_server(Random(7))
                    await found.restart_database(crash=True)
                    await found.trade(1)
                    await found.stop()
                    answers = found.answers()
                    assert answers["booked"] > 0 and answers["given back"] > 0 and answers["sold_out"] > 0
                    assert found.auditor.looks > 5
                    assert await found.broken_promises() == []
        finally:
            await db.close_database()
