"""The page of a session's recording."""

from __future__ import annotations

from aiohttp import web

from server.edge.access import require_viewer
from server.edge.paths import id_in_path
from server.edge.redirects import see_other
from server.edge.templates import render
from server.recordings import service
from server.recordings.states import GONE
from server.recordings.watching.playing import Playing, playing

LONGEST_S = 24 * 3600
AT_LEAST_MS = 10_000  # nobody comes back for less
NEAR_THE_END = 0.97


async def recording_page(request: web.Request) -> web.StreamResponse:
    shown = await playing(id_in_path(request), require_viewer(request))
    begin_ms = asked_ms(request.query.get("t", ""))
    context = {
        "playing": shown,
        "session": shown.session,
        "begin_ms": begin_ms,
        "resume_ms": 0 if begin_ms else resume_ms(shown),
    }
    return render(request, "recordings/list.html", context)


async def delete_recording(request: web.Request) -> web.StreamResponse:
    """For its mentor; the page then says that it is gone, also to who asks twice."""
    session_id, asking = id_in_path(request), require_viewer(request)
    _, recording = await service.recording_of_session(session_id, asking)
    if recording.id is not None and recording.state not in GONE:
        await service.delete_recording(recording.id, asking)
    return see_other(f"/sessions/{session_id}/recordings")


def asked_ms(seconds: str) -> int:
    """`?t=` of a link, as media fragments have it: whole seconds. 0 for what is none."""
    plain = seconds.isascii() and seconds.isdigit() and len(seconds) <= 6
    return 1000 * min(int(seconds), LONGEST_S) if plain else 0


def resume_ms(shown: Playing) -> int:
    """Where somebody goes on; 0 is the beginning."""
    at_ms = shown.watch.position_ms if shown.watch else 0
    return at_ms if AT_LEAST_MS <= at_ms <= NEAR_THE_END * shown.recording.duration_ms else 0
