"""Renders the sample pages the way `server/edge/templates.py` does, but loud about undefined names."""

from __future__ import annotations

from typing import Any

import jinja2

from server.edge import templates
from tests.web.samples import NOW, PAGES


def environment() -> jinja2.Environment:
    """The server's own environment; a name that a view doesn't hand over raises here."""
    return templates._environment().overlay(undefined=jinja2.StrictUndefined)


def for_every_page(viewer: Any, path: str) -> dict[str, Any]:
    return {
        "viewer": viewer,
        "csrf_token": "sample-token",
        "csp_nonce": "sample-nonce",
        "base_url": "http://127.0.0.1:8000",
        "path": path,
        "development": True,
        "now": NOW,
        "static": templates.static,
    }


def page(name: str) -> str:
    """The HTML of one sample page."""
    template, context, viewer = PAGES[name]
    return (
        environment().get_template(template).render({**for_every_page(viewer, "/sessions/"), **context})
    )
