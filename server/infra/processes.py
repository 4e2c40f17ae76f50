"""The server processes behind one address, as one of them knows them: its name, the bus, the leases."""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

from aiohttp import web

from config.settings import Settings
from server.infra.bus import Bus, MemoryBus, RedisBus
from server.infra.leases import Leases, MemoryLeases, RedisLeases


@dataclass(frozen=True, slots=True)
class Processes:
    """What a process needs to work beside others. `name` is new at each start."""

    name: str
    bus: Bus
    leases: Leases


@asynccontextmanager
async def open_processes(settings: Settings) -> AsyncIterator[Processes]:
    """In memory, or on Redis where the settings name one."""
    name = f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:8]}"
    found = _on_redis(settings.redis_url, name) if settings.redis_url else _in_memory(name)
    await found.bus.start()
    await found.leases.start()
    try:
        yield found
    finally:
        await found.leases.stop()
        await found.bus.stop()


def _in_memory(name: str) -> Processes:
    return Processes(name, MemoryBus(name), MemoryLeases(name))


def _on_redis(url: str, name: str) -> Processes:
    return Processes(name, RedisBus(url, name), RedisLeases(url, name))


PROCESSES: web.AppKey[Processes] = web.AppKey("processes", Processes)
