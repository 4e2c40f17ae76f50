"""The page of a session's recording."""

from __future__ import annotations

from aiohttp import web

from server.edge.access import require_viewer
from server.edge.paths import id_in_path
from server.edge.templates import render
from server.recordings import service


async def recording_page(request: web.Request) -> web.StreamResponse:
    asking = require_viewer(request)
    session, recording = await service.recording_of_session(id_in_path(request), asking)
    context = {
        "session": session,
        "recording": recording if recording.id is not None else None,
        "tracks": list(recording.tracks),
    }
    return render(request, "recordings/list.html", context)
