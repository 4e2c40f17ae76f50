"""REST of the timetable: `GET /api/v1/sessions`."""

from __future__ import annotations

from aiohttp import web

from server.booking import service as booking
from server.discovery.forms import BrowseForm
from server.edge.access import viewer
from server.edge.api import ok, page_of, paging, read_query
from server.edge.openapi import described
from server.infra.clock import now


@described(query=BrowseForm, paged=True, item=booking.SessionShape)
async def list_sessions(request: web.Request) -> web.StreamResponse:
    asking, asked = viewer(request), paging(request)
    query = read_query(request, BrowseForm).query(
        asking.timezone if asking else None, asking.user_id if asking else None
    )
    found, total = await booking.find_details(query, now(), asked.offset, asked.per_page)
    items = [booking.session_shape(session) for session in found]
    return ok(page_of(items, asked.page, asked.per_page, total))
