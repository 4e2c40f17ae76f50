"""The page of the technical check."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from server.booking.service import RoomAccess
from server.classroom.check import service
from server.classroom.check.door import access
from server.classroom.check.findings import weights
from server.classroom.recordable import recording_problem
from server.edge.access import require_viewer
from server.edge.paths import id_in_path
from server.edge.templates import render
from server.infra.errors import Conflict


async def check_page(request: web.Request) -> web.StreamResponse:
    """Any time from booking on; once the lesson is over it leads back to the session."""
    asking, session_id = require_viewer(request), id_in_path(request)
    try:
        found = await access(session_id, asking.user_id)
    except Conflict as over:
        raise web.HTTPSeeOther(f"/sessions/{session_id}") from over
    last = await service.latest(session_id, asking.user_id)
    context = {
        "session": found.session,
        "role": found.role,
        "last": last,
        "check": _data(found),
        "recording_problem": await recording_problem(found.session),
    }
    return render(request, "classroom/check.html", context)


def _data(found: RoomAccess) -> dict[str, Any]:
    """What the page's script has to know."""
    session = found.session
    return {
        "ws_url": f"/ws/check/{session.id}/",
        "save_url": f"/api/v1/sessions/{session.id}/check",
        "weights": weights(),
    }
