"""What a restart of PostgreSQL or Redis below two busy servers costs the people there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from config.settings import Settings, load_settings
from server.infra import db, schema
from server.worker import load_jobs
from tests.databases import DURABLE, Cluster, PostgresServer, postgres
from tests.redis import RedisServer
from tests.redis import server as redis_server
from tests.server.classroom.town import Town, settled_town
from tests.server.infra.crowd import Crowd, crowd

DOWN_S = 0.5  # at least so long is it away
LOOK_S = 0.05
CALM_S = 1.5  # without a failure it is over
BACK_WITHIN_S = 30.0


@dataclass(frozen=True, slots=True)
class Outage:
    """One restart: what, and for how long it was away. `errors_s` and `back_s` count from when it was
    back, to the last failure and until everybody was in their room; `dropped` counts sockets."""

    what: str
    away_s: float
    failures: int
    errors_s: float
    dropped: int
    back_s: float


@dataclass(frozen=True, slots=True)
class Scene:
    """Two servers at work, and what they stand on."""

    town: Town
    crowd: Crowd
    database: PostgresServer
    redis: RedisServer

    async def outage(self, what: str) -> Outage:
        """Restart it and wait until everybody is at work again."""
        stop, start = self._switches(what)
        diary = self.crowd.diary
        dropped, begun = len(diary.dropped), time.monotonic()
        await asyncio.to_thread(stop)
        await asyncio.sleep(DOWN_S)
        await asyncio.to_thread(start)
        back = time.monotonic()
        await self.calm(back)
        failures = diary.since(begun)
        returned = [at for at in diary.returned if at >= begun]
        return Outage(
            what,
            back - begun,
            len(failures),
            max([at - back for at, _ in failures], default=0.0),
            len(diary.dropped) - dropped,
            max([at - back for at in returned], default=0.0),
        )

    def _switches(self, what: str) -> tuple[Callable[[], None], Callable[[], None]]:
        """How to stop and to start it."""
        return {
            "PostgreSQL restarted": (self.database.stop, self.database.start),
            "PostgreSQL crashed": (lambda: self.database.stop(crash=True), self.database.start),
            "Redis kept its data": (self.redis.save_and_stop, self.redis.start),
            "Redis came back old": (self.redis.stop, self.redis.start),
            "Redis lost its data": (self._lose_redis, self.redis.start),
        }[what]

    def _lose_redis(self) -> None:
        self.redis.stop()
        self.redis.forget()

    async def calm(self, since: float) -> None:
        """Everybody present, and no failure for a while. Raises AssertionError that says what is not."""
        try:
            async with asyncio.timeout(BACK_WITHIN_S):
                while time.monotonic() - self._last_trouble(since) < CALM_S:  # noqa: ASYNC110
                    await asyncio.sleep(LOOK_S)
        except TimeoutError:
            raise AssertionError(self.crowd.trouble()) from None

    async def busy(self) -> None:
        """Somebody wrote and somebody booked."""
        async with asyncio.timeout(BACK_WITHIN_S):
            while not (self.crowd.lines and self.crowd.seats):  # noqa: ASYNC110
                await asyncio.sleep(LOOK_S)

    def _last_trouble(self, since: float) -> float:
        """When somebody was last away or refused, at `since` at least."""
        if self.crowd.absent():
            return time.monotonic()
        diary = self.crowd.diary
        return max([since, *(at for at, _ in diary.since(since)), *diary.returned[-1:]])


RESTARTS = (
    "PostgreSQL restarted",
    "PostgreSQL crashed",
    "Redis kept its data",
    "Redis came back old",  # with what it had at the stop before
    "Redis lost its data",
)


@asynccontextmanager
async def set_up(folder: Path, *, rooms: int, people: int, offers: int) -> AsyncIterator[Scene]:
    """Servers of everything, and people at work."""
    with postgres(options=DURABLE) as database, redis_server() as redis:
        settings = await fresh_database(folder, database)
        try:
            async with settled_town(settings, redis) as town:
                await asyncio.gather(town.start(), town.start())
                async with crowd(town, rooms=rooms, people=people, offers=offers) as found:
                    scene = Scene(town, found, database, redis)
                    await scene.calm(time.monotonic())
                    await scene.busy()
                    yield scene
        finally:
            await db.close_database()


async def fresh_database(folder: Path, server: PostgresServer) -> Settings:
    """Settings of an open database of its own, with all tables."""
    cluster = Cluster(server.url)
    await cluster.run("CREATE DATABASE town")
    environ = {"PEERLEARN_DATA_DIR": str(folder), "PEERLEARN_DATABASE_URL": cluster.url_of("town")}
    settings = load_settings(environ)
    await schema.migrate(settings)
    await db.open_database(settings)
    load_jobs()
    return settings
