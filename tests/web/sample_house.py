"""A server that shows each sample page under its name, for a browser to look at."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from tests.web.pages import page as sample
from web import STATIC

REFUSED = b"refuse me"  # a file with this in it is answered 413


@asynccontextmanager
async def sample_house() -> AsyncIterator[str]:
    """Gives the address that the names are added to."""
    app = web.Application(client_max_size=2**24)
    app.router.add_get("/sample/{name}", _shown)
    app.router.add_post("/dev/components", _taken)
    app.router.add_static("/static", STATIC)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/sample/"
    await runner.cleanup()


async def _shown(request: web.Request) -> web.Response:
    return web.Response(text=sample(request.match_info["name"]), content_type="text/html")


async def _taken(request: web.Request) -> web.Response:
    """Takes a file; one that is to be stopped is never answered."""
    sent = await request.read()
    if b"never mind" in sent:
        await asyncio.sleep(60)
    return web.Response(status=413 if REFUSED in sent else 200)
