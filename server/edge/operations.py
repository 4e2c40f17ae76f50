"""What operators ask: is it alive, is it ready, and its metrics. Times every request."""

from __future__ import annotations

import time

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from server.edge.clients import comes_from, is_loopback
from server.edge.keys import SETTINGS
from server.infra import db
from server.infra.errors import NotFound
from server.infra.metrics import HTTP_SECONDS
from server.infra.nodes import MEDIA_NODES

log = structlog.get_logger()


async def healthz(request: web.Request) -> web.Response:
    """The process answers; touches nothing else."""
    return web.json_response({"status": "ok"})


async def readyz(request: web.Request) -> web.Response:
    """Whether people can be served: the database answers and there is a media node."""
    checks = {"database": await _database_answers(), "media": bool(request.app[MEDIA_NODES].nodes)}
    ready = all(checks.values())
    return web.json_response(
        {"status": "ready" if ready else "not ready", "checks": checks}, status=200 if ready else 503
    )


async def _database_answers() -> bool:
    try:
        await db.fetch("SELECT 1")
    except Exception:
        log.exception("the database does not answer")
        return False
    return True


async def metrics(request: web.Request) -> web.Response:
    """Prometheus text; in production for this machine's own collector and for those that are named."""
    settings = request.app[SETTINGS]
    known = is_loopback(request) or comes_from(request, settings.metrics_from)
    if not settings.development and not known:
        raise NotFound
    return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


@web.middleware
async def timing_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Measure how long the answer takes; sockets, which stay open, are left out."""
    started = time.perf_counter()
    response = await handler(request)
    if response.status != 101:
        seconds = time.perf_counter() - started
        HTTP_SECONDS.labels(request.method, _route(request), response.status).observe(seconds)
    return response


def _route(request: web.Request) -> str:
    """The address with its variables, so that there are only so many labels."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else "none"
