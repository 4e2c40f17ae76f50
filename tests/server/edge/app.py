"""A small application with the real middleware and views that do what a test needs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, unused_port
from pydantic import Field

from config.settings import Settings
from server import app as wiring
from server.edge.access import Access, require_viewer
from server.edge.api import ok, paging, read_json, read_query
from server.edge.forms import Form
from server.edge.templates import read_form
from server.infra import errors
from server.routes import Route
from tests.serving import AppServer

ERRORS = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and kind.__module__ == errors.__name__
}


class Thing(Form):
    name: str = Field(min_length=1, max_length=20)
    size: int = Field(0, ge=0, le=10)


class Counter:
    """How often a view was carried out, and what it is to answer."""

    def __init__(self) -> None:
        self.calls = 0
        self.status = 200
        self.begun = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()


COUNTER: web.AppKey[Counter] = web.AppKey("counter", Counter)


async def raises(request: web.Request) -> web.Response:
    kind = ERRORS[request.match_info["name"]]
    raise kind(7) if kind is errors.Throttled else kind()


async def breaks(request: web.Request) -> web.Response:
    raise ZeroDivisionError("secret detail")


async def takes(request: web.Request) -> web.Response:
    return ok(await read_json(request, Thing))


async def asks(request: web.Request) -> web.Response:
    return ok(read_query(request, Thing))


async def pages(request: web.Request) -> web.Response:
    return ok(paging(request))


async def form(request: web.Request) -> web.Response:
    return web.json_response(await read_form(request))


async def counts(request: web.Request) -> web.Response:
    counter = request.app[COUNTER]
    counter.calls += 1
    counter.begun.set()
    await counter.gate.wait()
    if counter.status == 422:
        raise errors.Invalid(fields={"name": "no"})
    if counter.status == 500:
        raise ZeroDivisionError
    return ok({"calls": counter.calls, "who": require_viewer(request).username}, status=counter.status)


ROUTES = (
    Route("GET", "/api/v1/raise/{name}", raises, Access.ANYONE),
    Route("GET", "/raise/{name}", raises, Access.ANYONE),
    Route("GET", "/api/v1/break", breaks, Access.ANYONE),
    Route("GET", "/break", breaks, Access.ANYONE),
    Route("POST", "/api/v1/things", takes, Access.ANYONE),
    Route("GET", "/api/v1/things", asks, Access.ANYONE),
    Route("GET", "/api/v1/pages", pages, Access.ANYONE),
    Route("POST", "/form", form, Access.ANYONE),
    Route("POST", "/api/v1/count", counts, Access.SIGNED_IN),
    Route("POST", "/api/v1/count/{other}", counts, Access.SIGNED_IN),
    Route("GET", "/admins", counts, Access.ADMIN),
    Route("GET", "/api/v1/admins", counts, Access.ADMIN),
)


@asynccontextmanager
async def edge_client(settings: Settings, **changes: Any) -> AsyncIterator[TestClient]:
    """A client of the whole application with the routes above added."""
    port = unused_port()
    settings = replace(settings, **{"port": port, "base_url": f"http://127.0.0.1:{port}", **changes})
    app = wiring.build_app(settings)
    wiring.add_routes(app, ROUTES)
    app[COUNTER] = Counter()
    async with TestClient(AppServer(app, host="127.0.0.1", port=port)) as client:
        yield client
