"""The page of a lesson that is over."""

from __future__ import annotations

from aiohttp import web

from server.booking import service as booking
from server.classroom import service as classroom
from server.edge.access import require_viewer
from server.edge.paths import id_in_path
from server.edge.templates import render

HELD = frozenset({"live", "ended"})


async def summary_page(request: web.Request) -> web.StreamResponse:
    """What is left of a lesson, for those who took part."""
    asking, session_id = require_viewer(request), id_in_path(request)
    access = await booking.room_access(session_id, asking.user_id)
    if access.session.status not in HELD:
        raise web.HTTPSeeOther(access.session.url)
    context = {
        "session": await booking.get_session(session_id, asking),
        "attendance": await classroom.presence(session_id),
        "role": access.role,
        "recordings_url": f"{access.session.url}/recordings",
    }
    return render(request, "feedback/summary.html", context)
