"""The notifications' part of a process's life: what is told reaches the sockets of all processes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import WSCloseCode, web

from server.infra.bus import Bus
from server.infra.processes import PROCESSES
from server.notifications.listeners import LISTENERS, Listeners
from server.notifications.waking import open_waking


async def lifespan(app: web.Application) -> AsyncIterator[None]:
    """Sockets hear of what is new, and close before the process stops."""
    bus = app[PROCESSES].bus
    listeners = app[LISTENERS] = Listeners(bus)
    app.on_shutdown.append(_close_sockets)
    await listeners.start()
    async with waking(bus):
        yield
    listeners.stop()


@asynccontextmanager
async def waking(bus: Bus) -> AsyncIterator[None]:
    """A worker of its own, which has no sockets, wakes those of others."""
    open_waking(bus)
    try:
        yield
    finally:
        open_waking(None)


async def _close_sockets(app: web.Application) -> None:
    app[LISTENERS].close_all(WSCloseCode.GOING_AWAY)
