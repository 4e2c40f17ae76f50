"""Protection of cookie logins against requests forged by other sites.

The token is an HMAC of the login's cookie: nothing to store, a new one with each login. It is asked for
only when the cookie authenticates an unsafe request. All unsafe requests from browsers must also come
from an origin of ours, so that nobody can be signed in by a foreign form either.
"""

from __future__ import annotations

import hashlib
import hmac

from aiohttp import web
from aiohttp.typedefs import Handler

from server.edge.access import COOKIE_LOGIN
from server.edge.forms import FORM_MEDIA_TYPES, posted
from server.edge.keys import SETTINGS, TOKEN_FREE
from server.infra.errors import Forbidden

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def token(request: web.Request) -> str:
    """The token that this request's login must send back; empty without a cookie login."""
    secret = request.get(COOKIE_LOGIN)
    if not secret:
        return ""
    key = request.app[SETTINGS].secret_key.encode()
    return hmac.new(key, b"csrf:" + secret.encode(), hashlib.sha256).hexdigest()


@web.middleware
async def csrf_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse forged unsafe requests."""
    if request.method not in SAFE_METHODS:
        _require_own_origin(request)
        if request.get(COOKIE_LOGIN) and not _is_token_free(request):
            await _require_token(request)
    return await handler(request)


def _require_own_origin(request: web.Request) -> None:
    origin = request.headers.get("Origin")
    if origin is None:
        foreign = request.headers.get("Sec-Fetch-Site", "same-origin") == "cross-site"
    else:
        foreign = origin not in request.app[SETTINGS].own_origins
    if foreign:
        raise Forbidden("foreign_origin", "This request came from another site.")


def _is_token_free(request: web.Request) -> bool:
    resource = request.match_info.route.resource
    return resource is not None and (request.method, resource.canonical) in request.app[TOKEN_FREE]


async def _require_token(request: web.Request) -> None:
    given = request.headers.get(HEADER, "")
    if not given and request.content_type in FORM_MEDIA_TYPES:
        field = (await posted(request)).get(FIELD, "")
        given = field if isinstance(field, str) else ""
    if not hmac.compare_digest(given.encode(), token(request).encode()):
        raise Forbidden("csrf", "The page was out of date. Please go back, reload and try again.")
