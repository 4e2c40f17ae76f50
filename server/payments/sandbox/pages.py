"""The sandbox's pages for people: how they are written, and whose forms are taken."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from server.payments.sandbox.money import DECIMALS
from server.payments.sandbox.store import Object

View = Callable[[web.Request], Awaitable[web.StreamResponse]]

LOCAL = frozenset({"127.0.0.1", "localhost"})
POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "base-uri 'none'",
        "form-action 'self' http: https:",  # a form's answer may lead back to who sent somebody here
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def _money(minor: int, currency: str) -> str:
    digits = DECIMALS.get(currency, 2)
    return f"{minor / 10**digits:,.{digits}f} {currency.upper()}"


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%d %b, %H:%M:%S")


_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters.update(money=_money, moment=_moment)


def page(name: str, status: int = 200, **values: Any) -> web.Response:
    text = _TEMPLATES.get_template(name).render(**values)
    return web.Response(text=text, status=status, content_type="text/html", headers=HEADERS)


def local(view: View) -> View:
    """The view, for who asks us by a name of this machine and, in a form, from a page of ours: a page of
    somebody else's that is open in the same browser can make it send requests."""

    async def enter(request: web.Request) -> web.StreamResponse:
        own = urlsplit(f"//{request.host}").hostname in LOCAL
        if request.method == "POST":
            own = own and request.headers.get("Origin") == f"http://{request.host}"
        if not own:
            return page("refused.html", 403)
        return await view(request)

    return enter


async def form_of(request: web.Request) -> Object:
    return {name: str(value) for name, value in (await request.post()).items()}
