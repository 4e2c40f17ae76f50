"""The servers whose rooms talk: ours as it is shipped, in its three shapes, and Channels on Daphne."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import aiohttp

from config.settings import load_settings
from scripts.benchmarks.peers.serving import start_django
from scripts.benchmarks.population import (
    Lesson,
    add_lessons,
    add_people,
    fresh_database,
    token_of,
)
from scripts.benchmarks.postgres import make_database, postmaster
from scripts.benchmarks.processes import answers
from scripts.benchmarks.talk.load import Shape, Target
from server.booking.times import next_mark
from server.infra import clock
from tests import redis
from tests.databases import Cluster
from tests.e2e.platform import Platform, free_port


@dataclass
class Town:
    """The rooms of one database: for each shape its sessions, and who sits in them."""

    sessions: dict[str, list[UUID]] = field(default_factory=dict)
    tokens: dict[str, list[list[str]]] = field(default_factory=dict)  # by shape, room, seat


async def settle_town(shapes: Sequence[Shape]) -> Town:
    """People and lessons whose rooms are open, in the open database."""
    town = Town()
    start = next_mark(clock.now()) + timedelta(minutes=5)
    for number, shape in enumerate(shapes):
        mentors = await add_people([f"m{number}-{room}" for room in range(shape.rooms)], "mentor")
        learners = [
            await add_people([f"l{number}-{room}-{seat}" for seat in range(1, shape.seats)], "learner")
            for room in range(shape.rooms)
        ]
        town.sessions[shape.name] = await add_lessons(
            [Lesson(mentor, booked, start) for mentor, booked in zip(mentors, learners, strict=True)]
        )
        town.tokens[shape.name] = [
            [await token_of(id) for id in (mentor, *booked)]
            for mentor, booked in zip(mentors, learners, strict=True)
        ]
    return town


@asynccontextmanager
async def ours(
    name: str,
    folder: Path,
    shapes: Sequence[Shape],
    *,
    cluster: Cluster | None = None,
    processes: int = 1,
    spread: bool = False,
) -> AsyncIterator[Target]:
    """Embedded, or with a `cluster` on PostgreSQL and a Redis of its own, in so many processes.

    A room's sockets come to one of them, as our proxy has it, or by turns where rooms are `spread`."""
    async with AsyncExitStack() as stack:
        settings: dict[str, str] = {}
        counted: list[int] = []
        if cluster is not None:
            cache = stack.enter_context(redis.server())
            settings["PEERLEARN_REDIS_URL"] = cache.url
            settings["PEERLEARN_DATABASE_URL"] = await make_database(
                cluster, f"talk{processes}{'spread' * spread}"
            )
            counted.append(_pid(cache))
        read = load_settings({"PEERLEARN_DATA_DIR": str(folder), **settings})
        async with fresh_database(read):
            town = await settle_town(shapes)
        platforms = []
        for _ in range(processes):
            platforms.append(platform := Platform(folder, **settings))
            stack.push_async_callback(platform.stop)
            await platform.start()
        counted += [platform.pid for platform in platforms]
        http = await stack.enter_async_context(aiohttp.ClientSession())
        doors = _Doors(town, platforms, http, spread)
        database = await postmaster(cluster) if cluster else None
        yield Target(name, doors.address, tuple(counted), database)


@dataclass
class _Doors:
    """Real tickets of real logins."""

    town: Town
    platforms: Sequence[Platform]
    http: aiohttp.ClientSession
    spread: bool

    async def address(self, shape: Shape, room: int, seat: int) -> str:
        base = self.platforms[(seat if self.spread else room) % len(self.platforms)].base
        session = self.town.sessions[shape.name][room]
        headers = {"Authorization": f"Bearer {self.town.tokens[shape.name][room][seat]}"}
        ticket = f"{base}/api/v1/sessions/{session}/ticket"
        async with self.http.post(ticket, headers=headers, json={}) as answer:
            answer.raise_for_status()
            issued = (await answer.json())["data"]["ticket"]
        return f"{base}/ws/session/{session}/?ticket={issued}"


@asynccontextmanager
async def channels(folder: Path) -> AsyncIterator[Target]:
    """The tutorial's room on Channels with channels_redis, under Daphne."""
    async with AsyncExitStack() as stack:
        cache = stack.enter_context(redis.server())
        port = free_port()
        process = stack.enter_context(start_django(folder, port, PEER_REDIS_URL=cache.url))
        base = f"127.0.0.1:{port}"
        await answers(f"http://{base}/")

        async def address(shape: Shape, room: int, seat: int) -> str:
            return f"ws://{base}/ws/{shape.rooms}-{room}/"

        yield Target("Channels on Daphne, Redis", address, (_pid(cache), process))


def _pid(cache: redis.RedisServer) -> int:
    assert cache.process is not None
    return cache.process.pid
