"""What makes PeerLearn an app that can be installed: its manifest, its service worker, and the page that
is shown without a network."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from aiohttp import web

from server.edge.templates import render, static
from web import STATIC, TEMPLATES

OFFLINE = "/offline"
OFFLINE_TEMPLATE = "pages/offline.html"
WORKER = "js/service-worker.js"
PAPER, PINE = "#faf6ee", "#1d4d3f"  # as in css/tokens.css, by day

# All that the page needs which is shown without a network.
SHELL_FILES = (
    "css/tokens.css",
    "css/base.css",
    "css/components.css",
    "css/landing.css",
    "css/focus.css",
    "js/pages/offline.js",
    "icons.svg",
    "favicon.svg",
)
SHORTCUTS = (
    ("My lessons", "/dashboard/learner/bookings"),
    ("Find a session", "/sessions/"),
    ("Messages", "/communication/messages"),
)
ICONS = (
    ("icons/app-192.png", "192x192", "image/png", "any"),
    ("icons/app-512.png", "512x512", "image/png", "any"),
    ("icons/maskable-512.png", "512x512", "image/png", "maskable"),
    ("favicon.svg", "any", "image/svg+xml", "any"),
)


async def offline_page(request: web.Request) -> web.Response:
    return render(request, OFFLINE_TEMPLATE, {})


async def manifest(request: web.Request) -> web.Response:
    """`/manifest.webmanifest` (Web Application Manifest, W3C)."""
    return web.json_response(_manifest(), content_type="application/manifest+json")


async def service_worker(request: web.Request) -> web.Response:
    """At the root, because it may look after the pages below its own address; asked for anew each time,
    because what is kept of it would keep everything else old."""
    shell = f"self.SHELL = {json.dumps(_shell())};\n"
    return web.Response(
        text=shell + (STATIC / WORKER).read_text(encoding="utf-8"),
        content_type="text/javascript",
        headers={"Cache-Control": "no-cache"},
    )


def _manifest() -> dict[str, Any]:
    return {
        "id": "/",
        "name": "PeerLearn",
        "short_name": "PeerLearn",
        "description": "Live lessons between people, and the recording afterwards.",
        "lang": "en",
        "start_url": "/dashboard/",
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PINE,
        "categories": ["education"],
        "icons": [
            {"src": static(path), "sizes": sizes, "type": kind, "purpose": purpose}
            for path, sizes, kind, purpose in ICONS
        ],
        "shortcuts": [{"name": name, "url": url} for name, url in SHORTCUTS],
    }


def _shell() -> dict[str, Any]:
    """What the worker keeps; the version changes with the page and with each of its files."""
    files = [static(path) for path in SHELL_FILES]
    page = (TEMPLATES / OFFLINE_TEMPLATE).read_text(encoding="utf-8")
    return {
        "version": hashlib.sha256("".join([page, *files]).encode()).hexdigest()[:10],
        "page": OFFLINE,
        "files": files,
        "icon": static("icons/app-192.png"),
        "badge": static("icons/badge-96.png"),
    }
