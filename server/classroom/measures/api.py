"""REST of what was measured (`/api/v1`): parse, call one function, answer."""

from __future__ import annotations

from aiohttp import web

from server.classroom.measures import calls, door, service
from server.classroom.measures.forms import CallsQuery
from server.classroom.measures.shapes import CallShape, QualityShape, call_shape, quality_shape
from server.edge.access import require_viewer
from server.edge.api import ok, page_of, paging, read_query
from server.edge.openapi import described
from server.edge.paths import id_in_path


@described(data=QualityShape)
async def get_quality(request: web.Request) -> web.StreamResponse:
    """How the media of a lesson were: one's own, and everybody's for its mentor."""
    session_id, asking = id_in_path(request), require_viewer(request)
    _, mentor = await door.lesson_of(session_id, asking.user_id)
    quality = await service.quality(session_id)
    return ok(quality_shape(quality, asking.user_id, everybody=mentor))


@described(query=CallsQuery, paged=True, item=CallShape)
async def list_calls(request: web.Request) -> web.StreamResponse:
    """The lessons that one was in, the newest first."""
    asked, query = paging(request), read_query(request, CallsQuery)
    user_id = require_viewer(request).user_id
    found, total = await calls.calls(user_id, query.met, asked.offset, asked.per_page)
    return ok(page_of([call_shape(call) for call in found], asked.page, asked.per_page, total))
