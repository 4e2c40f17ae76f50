"""REST of the recordings (`/api/v1`): parse, call one function, answer."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from server.edge.access import require_viewer
from server.edge.api import ok, read_query
from server.edge.downloads import decide, send
from server.edge.forms import Form
from server.edge.openapi import described
from server.edge.paths import as_id, id_in_path
from server.recordings import service
from server.recordings.depot import depot
from server.recordings.download import elsewhere, headers_of
from server.recordings.service import RecordingView, TrackView

TRACK_FIELDS = (
    "id",
    "participant",
    "participant_name",
    "source",
    "kind",
    "start_ms",
    "duration_ms",
    "size",
    "sha256",
    "state",
    "salvaged",
    "url",
)


async def get_recording(request: web.Request) -> web.StreamResponse:
    session_id = id_in_path(request)
    _, recording = await service.recording_of_session(session_id, require_viewer(request))
    return ok(_recording_shape(recording))


class WhichFile(Form):
    """`track` is the id of one of the recording's tracks; without it the file of the whole."""

    track: str | None = None


@described(query=WhichFile, media_type="video/webm")
async def get_file(request: web.Request) -> web.StreamResponse:
    """GET and HEAD. Each download is kept in the access log before its first byte is sent."""
    asking, track = require_viewer(request), read_query(request, WhichFile).track
    recording_id = id_in_path(request)
    file = await service.file_of(recording_id, as_id(track) if track is not None else None, asking)
    storage = depot().storage
    await storage.size(file.storage_key)
    decision = decide(request, file.size, file.sha256)
    if decision.wanted is not None and request.method == "GET":
        await service.note_access(file, asking, decision.wanted.first, decision.wanted.count)
        if link := await elsewhere(request, file, storage):
            return web.Response(status=302, headers={"Location": link})
    return await send(request, storage, file.storage_key, decision, headers_of(file))


async def delete_recording(request: web.Request) -> web.StreamResponse:
    await service.delete_recording(id_in_path(request), require_viewer(request))
    return ok(message="The recording is deleted.")


def _recording_shape(recording: RecordingView) -> dict[str, Any]:
    return {
        "id": recording.id,
        "state": recording.state,
        "started_at": recording.started_at,
        "duration_ms": recording.duration_ms,
        "size": recording.size,
        "sha256": recording.sha256,
        "tracks": [_track_shape(track) for track in recording.tracks],
        "chapters": [],
    }


def _track_shape(track: TrackView) -> dict[str, Any]:
    return {field: getattr(track, field) for field in TRACK_FIELDS}
