"""Who booked a session, for its mentor: seats with each learner's technical check, and what happened."""

from __future__ import annotations

from aiohttp import web

from server.booking import service
from server.booking.roster import require_mentor_of, roster
from server.booking.timeline import session_moments
from server.booking.waiting.queue import waiting_for
from server.classroom.check import service as checks
from server.edge.access import require_viewer
from server.edge.paths import id_in_path
from server.edge.templates import render


async def session_bookings(request: web.Request) -> web.StreamResponse:
    session_id, viewer = id_in_path(request), require_viewer(request)
    session = await service.get_session(session_id, viewer)
    require_mentor_of(session, viewer)
    found = await checks.results(session_id, viewer.user_id)
    context = {
        "session": session,
        "roster": await roster(session_id, viewer.user_id),
        "checks": {one.username: one.result for one in found},
        "waiting": await waiting_for(session_id),
        "moments": await session_moments(session_id, viewer.user_id),
    }
    return render(request, "booking/session_bookings.html", context)
