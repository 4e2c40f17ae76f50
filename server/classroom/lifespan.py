"""The classroom's part of the application's life: the hub runs beside the requests."""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import WSCloseCode, web

from server.classroom import running
from server.classroom.hub import Hub
from server.classroom.keys import HUB
from server.edge.keys import SETTINGS
from server.infra import clock
from server.infra.nodes import MEDIA_NODES


async def lifespan(app: web.Application) -> AsyncIterator[None]:
    """Start the hub, and stop it when all sockets are closed."""
    hub = app[HUB] = Hub(app[SETTINGS], clock.now)
    app.on_shutdown.append(_close_sockets)
    await hub.start(app[MEDIA_NODES])
    running.set_hub(hub)
    try:
        yield
    finally:
        running.set_hub(None)
        await hub.stop()


async def _close_sockets(app: web.Application) -> None:
    app[HUB].close_sockets(WSCloseCode.GOING_AWAY)
