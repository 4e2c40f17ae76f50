"""Wires everything: middleware, routes, who is asking, and what runs beside the requests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable

from aiohttp import web
from aiohttp.typedefs import Middleware
from aiohttp_session import session_middleware

from config.settings import Settings
from server.accounts import service as accounts
from server.accounts.sealing import open_seal
from server.booking.holding import open_holding
from server.classroom.lifespan import lifespan as classroom_lifespan
from server.discovery.seats_socket import lifespan as seats_lifespan
from server.edge.access import guarded
from server.edge.amounts import use_settlement_currency
from server.edge.csrf import csrf_middleware
from server.edge.errors import error_middleware
from server.edge.headers import add_headers, request_id_middleware
from server.edge.idempotency import idempotency_middleware
from server.edge.identity import identity_middleware
from server.edge.keys import OWN_LIMITS, SETTINGS, TOKEN_FREE
from server.edge.openapi import DOCUMENT, document
from server.edge.operations import timing_middleware
from server.edge.ratelimit import lifespan as limits_lifespan
from server.edge.sessions import LoginCookie
from server.edge.templates import watch_files
from server.edge.uploads import UPLOADS, uploads_middleware
from server.edge.writes import writes_middleware
from server.infra.nodes import MEDIA_NODES, MediaNode, NodeDirectory
from server.infra.processes import PROCESSES, open_processes
from server.notifications.acquaintances import introduce
from server.notifications.lifespan import lifespan as notifications_lifespan
from server.notifications.post import open_post_office
from server.notifications.push.office import open_push
from server.payments.lifespan import lifespan as payments_lifespan
from server.people.gallery import lifespan as gallery_lifespan
from server.people.privacy import visible
from server.recordings.lifespan import lifespan as recordings_lifespan
from server.routes import DEVELOPMENT_ROUTES, ROUTES, Route
from web import STATIC

MAX_BODY = 1024 * 1024  # bytes of a request; uploads have limits of their own

CleanupContext = Callable[[web.Application], AsyncIterator[None]]


async def processes_lifespan(app: web.Application) -> AsyncIterator[None]:
    """What this process needs to work beside others."""
    async with open_processes(app[SETTINGS]) as app[PROCESSES]:
        yield


CLEANUP_CONTEXTS: tuple[CleanupContext, ...] = (
    limits_lifespan,
    processes_lifespan,
    notifications_lifespan,
    # --- people
    gallery_lifespan,
    # --- payments
    payments_lifespan,
    # --- classroom
    classroom_lifespan,
    # --- recordings
    recordings_lifespan,
    # --- discovery
    seats_lifespan,
)


def build_app(settings: Settings) -> web.Application:
    """The application; the database must be open before it starts."""
    app = web.Application(middlewares=_middlewares(settings), client_max_size=MAX_BODY)
    app[SETTINGS] = settings
    app[MEDIA_NODES] = NodeDirectory(MediaNode(url) for url in settings.media_nodes)
    routes = ROUTES + (DEVELOPMENT_ROUTES if settings.development else ())
    add_routes(app, routes)
    app[DOCUMENT] = document(routes, settings.base_url)
    app.router.add_static("/static/", STATIC)
    app[TOKEN_FREE] = frozenset((route.method, route.path) for route in routes if route.token_free)
    app[OWN_LIMITS] = frozenset((route.method, route.path) for route in routes if route.own_limits)
    app[UPLOADS] = {(route.method, route.path): route.most for route in routes if route.most}
    app.on_response_prepare.append(add_headers)
    app.cleanup_ctx.extend(CLEANUP_CONTEXTS)
    open_holding(settings)
    open_post_office(settings)
    open_push(settings)
    use_settlement_currency(settings.currency)
    introduce(visible)
    open_seal(settings)
    watch_files(settings.development)
    return app


def _middlewares(settings: Settings) -> list[Middleware]:
    """From the outermost to the innermost."""
    return [
        request_id_middleware,
        timing_middleware,
        session_middleware(LoginCookie(settings)),
        error_middleware,
        identity_middleware(accounts.viewer_by_cookie, accounts.viewer_by_token),
        writes_middleware,
        uploads_middleware,
        csrf_middleware,
        idempotency_middleware,
    ]


def add_routes(app: web.Application, routes: Iterable[Route]) -> None:
    """Put each view behind its door at its address; what can be read answers HEAD too."""
    for route in routes:
        view = guarded(route.view, route.access, fresh=route.fresh)
        if route.method == "GET":
            app.router.add_get(route.path, view)
        else:
            app.router.add_route(route.method, route.path, view)
