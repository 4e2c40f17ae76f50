"""The one table from domain errors to status codes, and how a failed request looks."""

from __future__ import annotations

from urllib.parse import urlsplit

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from tortoise.exceptions import ValidationError

from server.edge.access import NotConfirmed, SecondFactorMissing, viewer
from server.edge.api import error_answer
from server.edge.keys import SETTINGS
from server.edge.redirects import safe_next, see_other, with_next
from server.edge.templates import render
from server.edge.text import nameable
from server.infra.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    Malformed,
    NotFound,
    Throttled,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedType,
)

STATUS: dict[type[DomainError], int] = {
    Malformed: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    TooLarge: 413,
    UnsupportedType: 415,
    Invalid: 422,
    Throttled: 429,
    Unavailable: 503,
}
TITLES = {
    400: "That request was not understood",
    401: "Please sign in",
    403: "Not allowed",
    404: "Nothing here",
    405: "Not possible here",
    409: "Not possible right now",
    413: "Too large",
    415: "Wrong kind of content",
    422: "Something is not right",
    429: "Slow down a little",
    500: "Something broke on our side",
    503: "Not available right now",
}
WAYS_ON: dict[type[DomainError], str] = {  # what people are asked for first; they come back from there
    Unauthenticated: "/auth/login",
    SecondFactorMissing: "/profile/edit/security",
    NotConfirmed: "/auth/confirm",
}
HTTP_CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "unsupported_type"}

log = structlog.get_logger()


class InternalError(DomainError):
    """A mistake of ours; says nothing about its cause."""

    default_code = "internal"
    default_message = "Something broke on our side. It has been noted."


def is_api(request: web.Request) -> bool:
    """Whether the client wants the JSON envelope."""
    return request.path.startswith("/api/") or request.path.endswith(".json")


def status_of(error: DomainError) -> int:
    """The status code of an error: its own class's or the nearest base's."""
    return next((STATUS[base] for base in type(error).__mro__ if base in STATUS), 500)


@web.middleware
async def error_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever is raised into an answer."""
    return await answered(request, handler)


async def answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What the handler answers, or the answer to what it raised."""
    try:
        if not nameable(request.path):
            raise NotFound
        return await handler(request)
    except DomainError as error:
        return answer(request, error, status_of(error))
    except web.RequestPayloadError:
        return answer(request, Malformed(message="The body is not what its headers say."), 400)
    except ValidationError:
        log.warning("a value fits no column", path=request.path, exc_info=True)
        return answer(request, Invalid(message="A value is too long."), 422)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        code = HTTP_CODES.get(error.status, "malformed")
        response = answer(request, DomainError(code, error.reason), error.status)
        if "Allow" in error.headers:
            response.headers["Allow"] = error.headers["Allow"]
        return response
    except Exception as error:
        if isinstance(error, ConnectionError) and is_gone(request):
            return answer(request, Malformed(message="The request did not arrive whole."), 400)
        log.exception("request failed", method=request.method, path=request.path)
        return answer(request, InternalError(), 500)


def is_gone(request: web.Request) -> bool:
    """Whether the client went away, and nobody will read the answer."""
    return request.transport is None or request.transport.is_closing()


def answer(request: web.Request, error: DomainError, status: int) -> web.StreamResponse:
    """The envelope for API calls, a page for people; who must prove something first is sent there."""
    if is_api(request):
        response = error_answer(error, status)
    elif way := _way_on(request, error):
        return way
    else:
        response = _page(request, error, status)
    if isinstance(error, Throttled):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _way_on(request: web.Request, error: DomainError) -> web.Response | None:
    target = WAYS_ON.get(type(error))
    if target is None or (target == "/auth/login" and viewer(request)):
        return None
    return see_other(with_next(target, _way_back(request)))


def _way_back(request: web.Request) -> str:
    """Where to go afterwards: here, or to the page whose form was sent."""
    if request.method in {"GET", "HEAD"}:
        return request.path_qs
    origin, path = _parts(request.headers.get("Referer", ""))
    return safe_next(path, default="") if origin in request.app[SETTINGS].own_origins else ""


def _parts(address: str) -> tuple[str, str]:
    """Origin, and path with query; of what is no address nothing."""
    try:
        split = urlsplit(address)
    except ValueError:
        return "", ""
    path = split._replace(scheme="", netloc="", fragment="").geturl()
    return f"{split.scheme}://{split.netloc}", path


def _page(request: web.Request, error: DomainError, status: int) -> web.Response:
    context = {
        "status": status,
        "title": TITLES.get(status, TITLES[400 if status < 500 else 500]),
        "message": error.message,
        "action_href": "/",
        "action_text": "To the start page",
    }
    return render(request, "edge/broken.html" if status >= 500 else "edge/error.html", context, status)
