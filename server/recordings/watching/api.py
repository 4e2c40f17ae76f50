"""REST of watching (`/api/v1`): parse, call one function, answer."""

from __future__ import annotations

from aiohttp import web
from pydantic import Field

from server.edge.access import require_viewer
from server.edge.api import ok, read_json
from server.edge.forms import Form
from server.edge.openapi import described
from server.edge.paths import id_in_path
from server.recordings.watching import service

DAY_MS = 24 * 3600 * 1000


class Watching(Form):
    """Where the player is, on the recording's time line, and how much it played since the last report."""

    position_ms: int = Field(ge=0, le=DAY_MS)
    watched_ms: int = Field(0, ge=0, le=DAY_MS)


@described(body=Watching, data=service.Watch)
async def report(request: web.Request) -> web.StreamResponse:
    """Kept for oneself, on every device: how far one is in a recording."""
    asking, said = require_viewer(request), await read_json(request, Watching)
    return ok(await service.report(id_in_path(request), asking, said.position_ms, said.watched_ms))
