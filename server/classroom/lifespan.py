"""The classroom's part of a process's life: the rooms run beside the requests, news reaches them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import WSCloseCode, web

from server.classroom import running
from server.classroom.house import House
from server.classroom.hub import Hub
from server.classroom.keys import HOUSE, HUB, NEWS
from server.classroom.news import News
from server.edge.keys import SETTINGS
from server.infra import clock
from server.infra.nodes import MEDIA_NODES
from server.infra.processes import PROCESSES, Processes
from server.infra.register import Register


async def lifespan(app: web.Application) -> AsyncIterator[None]:
    """Start the rooms, and stop them when all sockets are closed."""
    hub = app[HUB] = Hub(app[SETTINGS], clock.now)
    house = app[HOUSE] = House(hub, app[PROCESSES])
    app.on_shutdown.append(_close_sockets)
    await hub.start(app[MEDIA_NODES])
    await house.start()
    async with open_news(app[PROCESSES], hub) as app[NEWS], _following_register(app, hub):
        try:
            yield
        finally:
            await house.stop()
            await hub.stop()


@asynccontextmanager
async def _following_register(app: web.Application, hub: Hub) -> AsyncIterator[None]:
    """Know the media nodes that register, where none are listed."""
    settings = app[SETTINGS]
    if not settings.nodes_register:
        yield
        return
    register = Register(settings.redis_url, app[MEDIA_NODES], hub.nodes.linked)
    register.start()
    try:
        yield
    finally:
        await register.stop()


@asynccontextmanager
async def open_news(processes: Processes, hub: Hub | None) -> AsyncIterator[News]:
    """The way of jobs to the rooms; a worker of its own, which has no hub, needs it too."""
    news = News(processes.bus, hub)
    await news.start()
    running.set_news(news)
    try:
        yield news
    finally:
        running.set_news(None)
        await news.stop()


async def _close_sockets(app: web.Application) -> None:
    await app[HOUSE].close_sockets(WSCloseCode.GOING_AWAY)
