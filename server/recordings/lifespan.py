"""The recordings' part of a process's life: storage, and a client to the media nodes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
from aiohttp import web

from config.settings import Settings
from server.edge.keys import SETTINGS
from server.infra.http import open_http
from server.infra.storage import open_storage
from server.recordings.depot import Depot, set_depot
from server.recordings.films.scratch import clear

TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=15)


async def lifespan(app: web.Application) -> AsyncIterator[None]:
    async with open_depot(app[SETTINGS]):
        yield


@asynccontextmanager
async def open_depot(settings: Settings) -> AsyncIterator[Depot]:
    """What the jobs of the recordings need; a worker of its own needs it too."""
    incoming = settings.data_dir / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    scratch = settings.data_dir / "composing"
    await asyncio.to_thread(clear, scratch)
    async with open_http(timeout=TIMEOUT) as http:
        opened = Depot(
            open_storage(settings),
            incoming,
            scratch,
            settings.media.control_secret,
            http,
            timedelta(days=settings.recording_keep_days),
        )
        set_depot(opened)
        try:
            yield opened
        finally:
            set_depot(None)
