"""Leases: which server process something belongs to while that process lives.

A process renews one sign of life for all it holds; a lease of a process without one is free to be taken.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Any, Protocol, cast

import structlog

from server.infra.bus import DOWN, connect, end
from server.infra.db import require_no_transaction

PREFIX = "peerlearn:lease:"
SIGN = "peerlearn:process:"
LIFE_MS = 3_000  # a process without a sign of life for so long counts as dead
BEAT_S = 0.75
HOLDERS_FIRST_S = 1.0  # after a lapse, so that what was held is claimed again before others take it
PAUSE_S = 0.1  # between tries while Redis is away
FORGET_S = 24 * 3600  # longer than anything is held without being claimed again
STEADY_S = 5.0  # a failure after so long without one is told again

CLAIM = """
if redis.call('EXISTS', ARGV[2] .. ARGV[1]) == 0 then return false end
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] and redis.call('EXISTS', ARGV[2] .. holder) == 1 then return holder end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[3])
return ARGV[1]
"""

Lapsed = Callable[[], None]

log = structlog.get_logger()


class Unreachable(Exception):
    """Nobody can say just now who holds a lease."""


class Leases(Protocol):
    """One process's view of all leases, under its `name`."""

    name: str

    async def claim(self, thing: str, *, again: bool = False) -> str:
        """Who holds `thing` now: we, if it was free. `again` says that we held it before a lapse: those
        come first. Raises Unreachable."""

    async def living(self, processes: Iterable[str]) -> frozenset[str]:
        """Those of `processes` that are alive. Raises Unreachable."""

    def on_lapse(self, callback: Lapsed) -> None:
        """Call `callback` when we counted as dead for a while: others may have taken what we held."""

    async def start(self) -> None: ...

    async def resign(self) -> None:
        """Let go of everything: others need not wait until we count as dead."""

    async def stop(self) -> None: ...


class MemoryLeases:
    """Where there is one process, everything is its own."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def claim(self, thing: str, *, again: bool = False) -> str:
        require_no_transaction()
        return self.name

    async def living(self, processes: Iterable[str]) -> frozenset[str]:
        require_no_transaction()
        return frozenset({self.name}.intersection(processes))

    def on_lapse(self, callback: Lapsed) -> None: ...

    async def start(self) -> None: ...

    async def resign(self) -> None: ...

    async def stop(self) -> None: ...


class RedisLeases:
    """Leases are keys with their holder's name; a sign of life is a key that expires."""

    def __init__(self, url: str, name: str) -> None:
        self.name = name
        self._redis = connect(url)
        self._claim = self._redis.register_script(CLAIM)
        self._lapsed: list[Lapsed] = []
        self._lapsed_at = -HOLDERS_FIRST_S
        self._beating: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Be alive before anything is claimed, if Redis is there."""
        with suppress(*DOWN):
            await self._sign()
        self._beating = asyncio.create_task(self._beat(), name="sign of life")

    async def resign(self) -> None:
        if self._beating is not None:
            await end(self._beating)
            self._beating = None
            with suppress(*DOWN):
                await self._redis.delete(SIGN + self.name)

    async def stop(self) -> None:
        await self.resign()
        with suppress(*DOWN):
            await self._redis.aclose()

    def on_lapse(self, callback: Lapsed) -> None:
        self._lapsed.append(callback)

    async def claim(self, thing: str, *, again: bool = False) -> str:
        require_no_transaction()
        if not again and time.monotonic() - self._lapsed_at < HOLDERS_FIRST_S:
            raise Unreachable
        try:
            holder = await self._claim(keys=[PREFIX + thing], args=[self.name, SIGN, FORGET_S])
        except DOWN as error:
            raise Unreachable from error
        if holder is None:  # we count as dead
            raise Unreachable
        return cast("bytes", holder).decode()

    async def living(self, processes: Iterable[str]) -> frozenset[str]:
        require_no_transaction()
        names = tuple(processes)
        if not names:
            return frozenset()
        try:
            signs = await cast("Awaitable[list[Any]]", self._redis.mget([SIGN + name for name in names]))
        except DOWN as error:
            raise Unreachable from error
        return frozenset(name for name, sign in zip(names, signs, strict=True) if sign is not None)

    async def _sign(self) -> bool:
        """Renew our sign of life; False when it was gone."""
        return await self._redis.set(SIGN + self.name, b"1", px=LIFE_MS, get=True) is not None

    async def _beat(self) -> None:
        failed_at = -STEADY_S
        while True:
            try:
                if not await self._sign():
                    self._tell_lapsed()
                await asyncio.sleep(BEAT_S)
            except DOWN as error:
                if time.monotonic() - failed_at > STEADY_S:
                    log.warning("no sign of life could be given", error=str(error))
                failed_at = time.monotonic()
                await asyncio.sleep(PAUSE_S)

    def _tell_lapsed(self) -> None:
        log.warning("this process counted as dead")
        self._lapsed_at = time.monotonic()
        for callback in self._lapsed:
            callback()
