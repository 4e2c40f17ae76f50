"""Limits on how often something may be tried: moving windows of the `limits` library, in this process's
memory or, where several processes serve, in Redis.

Each process counts for itself as well. While Redis does not answer that is what holds: people get in,
and guessing stays slow; and when Redis comes back without its data, nobody begins anew.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil

import structlog
from aiohttp import web
from limits import RateLimitItem, RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.exceptions import RedisError

from server.edge.keys import SETTINGS
from server.infra import clock
from server.infra.db import require_no_transaction
from server.infra.errors import Throttled

SWEEP_EVERY_S = 60.0
AFTER_THE_END_S = 0.001  # at the very instant that a window ends it still holds the try
REDIS_PATIENCE_S = 1.0  # for one answer
REDIS_PAUSE_S = 5.0  # until Redis is asked again after it did not answer

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` tries within `period`, whole seconds; `name` keeps limits on one subject apart."""

    name: str
    count: int
    period: timedelta

    @property
    def item(self) -> RateLimitItem:
        """The same in the library's words."""
        return RateLimitItemPerSecond(self.count, int(self.period.total_seconds()), self.name)


class SweptMemory(MemoryStorage):
    """The library's own store, which looks for ended windows with each hit, in a thread for each key:
    with thousands of keys nothing else would get done. This one looks once a minute."""

    _swept_at = 0.0

    async def _MemoryStorage__schedule_expiry(self) -> None:
        if time.monotonic() >= self._swept_at + SWEEP_EVERY_S:
            self._swept_at = time.monotonic()
            await super()._MemoryStorage__schedule_expiry()  # type: ignore[misc]


@dataclass(slots=True)
class Attempt:
    """One try under way; set `failed` when it is to count."""

    failed: bool = False


@dataclass(eq=False, slots=True)
class _Queue:
    """Tries of one subject in this process. `users` counts those that wait as well."""

    users: int = 0
    under_way: int = 0
    counting: asyncio.Lock = field(default_factory=asyncio.Lock)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def leave(self) -> None:
        self.under_way -= 1
        self.changed.set()
        self.changed = asyncio.Event()


class Windows:
    """All windows, of this process alone or shared through the Redis at `redis_url`."""

    def __init__(self, redis_url: str = "") -> None:
        self._queues: dict[tuple[Limit, str], _Queue] = {}
        self._redis: RedisStorage | None = None
        self.open(redis_url)

    def open(self, redis_url: str) -> None:
        """Count from zero in memory, and go on with what the Redis there has counted."""
        self._memory = MovingWindowRateLimiter(SweptMemory())
        self._shared: MovingWindowRateLimiter | None = None
        self._redis_rests_until = 0.0
        if redis_url:
            self._redis = _redis_storage(redis_url)
            self._shared = MovingWindowRateLimiter(self._redis)

    async def close(self) -> None:
        """Leave Redis; what comes after is counted in memory."""
        storage, self._redis, self._shared = self._redis, None, None
        if storage is not None:
            await storage.bridge.get_connection().aclose()  # type: ignore[attr-defined]

    async def take(self, limit: Limit, subject: str) -> None:
        """Count one try.

        Raises Throttled, counting nothing, when there were too many."""
        if not await self._hit(limit, subject):
            await self._room_left(limit, subject)
            raise Throttled(1)  # the window moved on between the two

    @asynccontextmanager
    async def attempt(self, *limits: tuple[Limit, str]) -> AsyncIterator[Attempt]:
        """Room for a try of which only failure counts, under every limit given.

        Waits while others under way could still fill a window, so that a hundred parallel guesses
        can't slip in together, and a hundred parallel right ones all succeed. Of several processes
        each lets in as many as the window has room for when it looks. Raises Throttled, also for a
        failure that other processes' failures left no room for."""
        attempt = Attempt()
        async with AsyncExitStack() as rooms:
            for limit, subject in limits:
                await rooms.enter_async_context(self._room(limit, subject, attempt))
            yield attempt

    @asynccontextmanager
    async def _room(self, limit: Limit, subject: str, attempt: Attempt) -> AsyncIterator[None]:
        queue = self._queues.setdefault((limit, subject), _Queue())
        queue.users += 1
        try:
            await self._wait_for_room(queue, limit, subject)
            try:
                yield
            finally:
                await self._leave(queue, limit, subject, attempt)
        finally:
            queue.users -= 1
            if not queue.users:
                del self._queues[limit, subject]

    async def _leave(self, queue: _Queue, limit: Limit, subject: str, attempt: Attempt) -> None:
        """Without a failure nothing is awaited: who is cancelled leaves all the same."""
        try:
            if attempt.failed:
                async with queue.counting:
                    await self.take(limit, subject)
        finally:
            queue.leave()

    async def _wait_for_room(self, queue: _Queue, limit: Limit, subject: str) -> None:
        """Counting is locked out while it is looked, so that no failure is missed."""
        while True:
            changed = queue.changed
            async with queue.counting:
                if queue.under_way < await self._room_left(limit, subject):
                    queue.under_way += 1
                    return
            await changed.wait()

    async def _hit(self, limit: Limit, subject: str) -> bool:
        if shared := self._answering():
            try:
                return await self._hit_both(shared, limit, subject)
            except (RedisError, OSError) as error:
                self._rest(error)
        return await self._memory.hit(limit.item, subject)

    async def _hit_both(self, shared: MovingWindowRateLimiter, limit: Limit, subject: str) -> bool:
        """Full is full, wherever; a try that is refused is counted nowhere."""
        free = await self._memory.test(limit.item, subject) and await shared.hit(limit.item, subject)
        if free:
            await self._memory.hit(limit.item, subject)
        return free

    async def _room_left(self, limit: Limit, subject: str) -> int:
        """How many more tries there may be now. Raises Throttled when there is none."""
        reset, left = await self._stats(limit, subject)
        if left <= 0:
            raise Throttled(ceil(reset - clock.now().timestamp() + AFTER_THE_END_S))
        return left

    async def _stats(self, limit: Limit, subject: str) -> tuple[float, int]:
        own = await self._memory.get_window_stats(limit.item, subject)
        if shared := self._answering():
            try:
                others = await shared.get_window_stats(limit.item, subject)
                return min(own, others, key=lambda stats: stats[1])
            except (RedisError, OSError) as error:
                self._rest(error)
        return own

    def _answering(self) -> MovingWindowRateLimiter | None:
        """What Redis counts, unless it did not answer a moment ago. Never inside a transaction."""
        require_no_transaction()
        return self._shared if time.monotonic() >= self._redis_rests_until else None

    def _rest(self, error: Exception) -> None:
        self._redis_rests_until = time.monotonic() + REDIS_PAUSE_S
        log.warning("limits are counted in memory: Redis does not answer", error=repr(error))


def _redis_storage(url: str) -> RedisStorage:
    return RedisStorage(
        url.replace("unix://", "redis+unix://", 1),
        implementation="redispy",
        key_prefix="peerlearn:limits",
        socket_timeout=REDIS_PATIENCE_S,
        socket_connect_timeout=REDIS_PATIENCE_S,
    )


WINDOWS = Windows()


async def lifespan(app: web.Application) -> AsyncIterator[None]:
    """Count in the Redis of the settings, if there is one, as long as the application runs."""
    WINDOWS.open(app[SETTINGS].redis_url)
    yield
    await WINDOWS.close()
