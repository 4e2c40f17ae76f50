"""Wires everything: middleware, routes, who is asking, and what runs beside the requests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from aiohttp import web

from config.settings import Settings
from server.edge.access import guarded
from server.edge.csrf import csrf_middleware
from server.edge.errors import error_middleware
from server.edge.headers import add_headers, request_id_middleware
from server.edge.keys import SETTINGS
from server.infra.nodes import MEDIA_NODES, NodeDirectory
from server.routes import ROUTES
from web import STATIC

MAX_BODY = 1024 * 1024  # bytes of a request; uploads have limits of their own

CleanupContext = Callable[[web.Application], AsyncIterator[None]]

CLEANUP_CONTEXTS: tuple[CleanupContext, ...] = (
    # --- classroom
    # --- recordings
)


def build_app(settings: Settings) -> web.Application:
    """The application; the database must be open before it starts."""
    app = web.Application(
        middlewares=[request_id_middleware, error_middleware, csrf_middleware],
        client_max_size=MAX_BODY,
    )
    app[SETTINGS] = settings
    app[MEDIA_NODES] = NodeDirectory()
    for route in ROUTES:
        app.router.add_route(route.method, route.path, guarded(route.view, route.access))
    app.router.add_static("/static/", STATIC)
    app.on_response_prepare.append(add_headers)
    app.cleanup_ctx.extend(CLEANUP_CONTEXTS)
    return app
