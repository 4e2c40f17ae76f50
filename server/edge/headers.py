"""Headers of every answer: request id, content security policy and its friends."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from uuid import uuid4

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from server.edge.keys import SETTINGS

NONCE: web.RequestKey[str] = web.RequestKey("csp_nonce", str)
REQUEST_ID: web.RequestKey[str] = web.RequestKey("request_id", str)
GIVEN_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
YEAR_S = 31_536_000

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(self), geolocation=()",
}


@web.middleware
async def request_id_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request an id (the client's own, when it looks like one) and a nonce."""
    given = request.headers.get("X-Request-ID", "")
    request[REQUEST_ID] = given if GIVEN_ID.fullmatch(given) else uuid4().hex
    request[NONCE] = secrets.token_urlsafe(16)
    with structlog.contextvars.bound_contextvars(request_id=request[REQUEST_ID]):
        return await handler(request)


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Signal `on_response_prepare`: also reaches streams, files and sockets."""
    headers = response.headers
    headers.setdefault("X-Request-ID", request.get(REQUEST_ID) or uuid4().hex)
    for name, value in ALWAYS.items():
        headers.setdefault(name, value)
    headers.setdefault("Content-Security-Policy", policy(request))
    if request.app[SETTINGS].base_url.startswith("https://"):
        headers.setdefault("Strict-Transport-Security", f"max-age={YEAR_S}")
    headers.setdefault("Cache-Control", _caching(request))


def policy(
    request: web.Request,
    *,
    scripts: Iterable[str] = (),
    frames: Iterable[str] = (),
    calls: Iterable[str] = (),
) -> str:
    """What a page may load. Origins of others may be added for one page: where scripts come from, what is
    shown in frames, and what is called."""
    own = sorted(request.app[SETTINGS].own_origins)
    # a policy has no words for an IPv6 address; 'self' covers it where browsers follow CSP 3
    sockets = " ".join(origin.replace("http", "ws", 1) for origin in own if "[" not in origin)
    nonce = f"'nonce-{request.get(NONCE, '')}'"
    return "; ".join(
        (
            "default-src 'self'",
            " ".join(("script-src 'self'", nonce, *scripts)),
            f"style-src 'self' {nonce}",
            "img-src 'self' data: blob:",
            "media-src 'self' blob:",
            " ".join(("connect-src 'self'", sockets, *calls)),
            " ".join(("frame-src 'self'", *frames)),
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def _caching(request: web.Request) -> str:
    """Hashed static files for ever, other static files after asking, everything else never."""
    if not request.path.startswith("/static/"):
        return "no-store"
    return f"public, max-age={YEAR_S}, immutable" if "v" in request.query else "no-cache"
