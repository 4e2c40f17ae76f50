"""The recordings' part of a process's life: storage, and a client to the media nodes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from config.settings import Settings
from server.edge.keys import SETTINGS
from server.infra.http import open_http
from server.infra.storage import open_storage
from server.recordings.depot import Depot, set_depot

TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=15)


async def lifespan(app: web.Application) -> AsyncIterator[None]:
    async with open_depot(app[SETTINGS]):
        yield


@asynccontextmanager
async def open_depot(settings: Settings) -> AsyncIterator[Depot]:
    """What the jobs of the recordings need; a worker of its own needs it too."""
    incoming = settings.data_dir / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    async with open_http(timeout=TIMEOUT) as http:
        opened = Depot(open_storage(settings), incoming, settings.media.control_secret, http)
        set_depot(opened)
        try:
            yield opened
        finally:
            set_depot(None)
