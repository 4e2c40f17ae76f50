"""What browsers load: the script that stands for Stripe.js, and the pages that it shows in frames."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

FILES = Path(__file__).with_name("static")
PARTS = ("element.js", "challenge.js", "card.js", "frame.js", "frame.css", "pages.css")
SERVED = {
    "/v3": "stripe.js",
    "/v3/": "stripe.js",
    "/v3/element": "element.html",
    "/v3/challenge": "challenge.html",
    **{f"/v3/{name}": name for name in PARTS},
}
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors *",
    )
)
HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Resource-Policy": "cross-origin",  # the script is for pages of others
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def add_routes(router: web.UrlDispatcher) -> None:
    for path in SERVED:
        router.add_get(path, _file)


async def _file(request: web.Request) -> web.StreamResponse:
    return web.FileResponse(FILES / SERVED[request.path], headers=HEADERS)
