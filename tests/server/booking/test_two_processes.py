"""Two processes on one database: seats are counted by the database, not by a lock in this process."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections import Counter, defaultdict

from config.settings import Settings
from server.booking.models import Booking, Session
from tests.databases import BOTH
from tests.server.booking.makers import mentor, person, published


async def race(settings: Settings, sides: list[list[str]]) -> dict[str, Counter[str]]:
    """How often each outcome was had, by session; each side is a process."""
    place = (str(settings.data_dir), settings.database_url)
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.server.booking.racer", *place, *side), stdin=PIPE, stdout=PIPE
        )
        for side in sides
    ]
    outputs = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    assert [process.returncode for process in processes] == [0] * len(sides)
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for line in b"\n".join(output for output, _ in outputs).decode().splitlines():
        session_id, _, outcome = line.partition(" ")
        found[session_id][outcome] += 1
    return found


@BOTH
async def test_two_processes_sell_each_seat_once(database: Settings) -> None:
    """Three seats for twenty people, and one seat for one learner who asks ten times."""
    many = await published(await mentor("mira"), capacity=3)
    one = await published(await mentor("max"), capacity=1)
    lea = (await person("lea")).user_id
    asked = [f"{many}:{(await person(f'learner{number}')).user_id}" for number in range(20)]
    asked += [f"{one}:{lea}"] * 10
    found = await race(database, [asked[::2], asked[1::2]])
    assert found[str(many)] == {"created": 3, "sold_out": 17}
    assert found[str(one)] == {"created": 1, "found": 9}
    for session in await Session.all():
        assert session.seats_taken == await Booking.filter(session_id=session.id).count()
