"""The page of a session's recording."""

from __future__ import annotations

from uuid import UUID

from aiohttp import web

from server.edge.access import require_viewer
from server.edge.templates import render
from server.infra.errors import NotFound
from server.recordings import service


async def recording_page(request: web.Request) -> web.StreamResponse:
    try:
        session_id = UUID(request.match_info["id"])
    except ValueError as error:
        raise NotFound from error
    session, recording = await service.recording_of_session(session_id, require_viewer(request))
    context = {
        "session": session,
        "recording": recording if recording.id is not None else None,
        "tracks": list(recording.tracks),
    }
    return render(request, "recordings/list.html", context)
