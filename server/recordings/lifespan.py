"""The recordings' part of the application's life: storage, and a client to the media nodes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
from aiohttp import web

from config.settings import Settings
from server.edge.keys import SETTINGS
from server.infra.storage import open_storage
from server.recordings.depot import Depot, set_depot

TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=15)


async def lifespan(app: web.Application) -> AsyncIterator[None]:
    async with aiohttp.ClientSession(timeout=TIMEOUT) as http:
        set_depot(open_depot(app[SETTINGS], http))
        try:
            yield
        finally:
            set_depot(None)


def open_depot(settings: Settings, http: aiohttp.ClientSession) -> Depot:
    incoming = settings.data_dir / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    return Depot(open_storage(settings), incoming, settings.media.control_secret, http)
