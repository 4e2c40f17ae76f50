"""Finds out who is asking: by a bearer token if one is sent, else by the login cookie."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from server.edge.access import COOKIE_LOGIN, VIEWER, Viewer
from server.edge.sessions import login_cookie

Find = Callable[[str], Awaitable[Viewer | None]]

NOBODY_ASKS = ("/static/", "/healthz", "/metrics")  # answered without the database


def identity_middleware(by_cookie: Find, by_token: Find) -> Middleware:
    """The middleware for the two given ways of looking somebody up."""

    @web.middleware
    async def identify(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith(NOBODY_ASKS):
            await _identify(request, by_cookie, by_token)
        return await handler(request)

    return identify


async def _identify(request: web.Request, by_cookie: Find, by_token: Find) -> None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        found = await by_token(token.strip())
    elif secret := await login_cookie(request):
        found = await by_cookie(secret)
        if found:
            request[COOKIE_LOGIN] = secret
    else:
        return
    if found:
        request[VIEWER] = found
