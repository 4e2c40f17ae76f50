"""The access log of a recording, for the mentor whose lesson it was."""

from __future__ import annotations

from aiohttp import web

from server.edge.access import require_viewer
from server.edge.api import ok, page_of, paging
from server.edge.openapi import described
from server.edge.paging import Part
from server.edge.paths import id_in_path
from server.edge.templates import render
from server.recordings.keeping.logbook import Line, log_of

LINES = 50


async def log_page(request: web.Request) -> web.StreamResponse:
    """`?page=`."""
    part = Part.asked(request, LINES)
    asking, session_id = require_viewer(request), id_in_path(request)
    session, lines, total = await log_of(session_id, asking, part.offset, part.per_page)
    context = {"session": session, "lines": lines, "page": part.of(total)}
    return render(request, "recordings/log.html", context)


@described(paged=True, item=Line)
async def log_api(request: web.Request) -> web.StreamResponse:
    """Who fetched what of the recording of one's own lesson, the newest first."""
    part = paging(request)
    asking, session_id = require_viewer(request), id_in_path(request)
    _, lines, total = await log_of(session_id, asking, part.offset, part.per_page)
    return ok(page_of(lines, part.page, part.per_page, total))
