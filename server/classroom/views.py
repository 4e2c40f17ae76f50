"""The page of the room."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from aiohttp import web

from server.booking.service import RoomAccess
from server.classroom import lobby, service
from server.classroom.consent_text import CURRENT
from server.classroom.recordable import recording_problem
from server.edge.access import Viewer, require_viewer
from server.edge.api import timestamp
from server.edge.paths import id_in_path
from server.edge.templates import render
from server.infra import clock

OPEN = frozenset({"published", "live"})
HELD = frozenset({"live", "ended"})


async def room_page(request: web.Request) -> web.StreamResponse:
    """The room, from before its doors open (the page waits) until the session is over."""
    asking, session_id = require_viewer(request), id_in_path(request)
    access = await service.room_access(session_id, asking.user_id)
    session = access.session
    if session.status not in OPEN:
        over = session.status in HELD
        raise web.HTTPSeeOther(f"{session.url}/summary" if over else session.url)
    consent = await service.consent_of(session_id, asking.user_id)
    room = room_data(access, asking, consent) | await lobby.at_hand(access, asking)
    room["recording_problem"] = await recording_problem(session)
    context = {"session": session, "room": room}
    return render(request, "classroom/room.html", context)


def room_data(access: RoomAccess, asking: Viewer, consent: bool | None) -> dict[str, Any]:
    """What the page's script has to know; it proves itself by the login cookie."""
    session, now = access.session, clock.now()
    is_open = session.status in OPEN and now >= access.opens_at
    return {
        "session_id": str(session.id),
        "ws_url": f"/ws/session/{session.id}/",
        "name": asking.name or asking.username,
        "role": access.role,
        "mentor": session.mentor.name,
        "starts_at": timestamp(session.starts_at),
        "ends_at": timestamp(session.ends_at),
        "opens_at": timestamp(access.opens_at),
        "live": session.status == "live",
        "can_start": access.role == "mentor" and is_open and session.status == "published",
        "recording": session.recording,
        "consent": consent,
        "consent_text": asdict(CURRENT),
        "session_url": session.url,
        "leave_url": session.url,
        "summary_url": f"{session.url}/summary",
    }
