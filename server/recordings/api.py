"""REST of the recordings (`/api/v1`): parse, call one function, answer."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from aiohttp import web

from server.edge.access import require_viewer
from server.edge.api import ok, read_query
from server.edge.forms import Form
from server.edge.openapi import described
from server.edge.paths import as_id, id_in_path
from server.recordings import service
from server.recordings.depot import depot
from server.recordings.download import give, give_companion
from server.recordings.films.service import LessonFileView
from server.recordings.service import RecordingView, TrackView
from server.recordings.watching.playing import missed
from server.recordings.watching.service import watch_of

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
FILM_FIELDS = (
    "state",
    "done_ms",
    "total_ms",
    "left_s",
    "media_type",
    "size",
    "sha256",
    "duration_ms",
    "reason",
)


async def get_recording(request: web.Request) -> web.StreamResponse:
    session_id, user_id = id_in_path(request), require_viewer(request).user_id
    _, recording = await service.recording_of_session(session_id, require_viewer(request))
    watch = await watch_of(recording.id, user_id) if recording.id else None
    away = await missed(session_id, user_id, recording)
    return ok({**_recording_shape(recording), "watch": watch, "missed": away})


class WhichFile(Form):
    """`track` is the id of one of the recording's tracks; without it the lesson file."""

    track: str | None = None


@described(query=WhichFile, media_type="video/mp4")
async def get_file(request: web.Request) -> web.StreamResponse:
    """GET and HEAD. Each download is kept in the access log before its first byte is sent."""
    asking, track = require_viewer(request), read_query(request, WhichFile).track
    which = as_id(track) if track is not None else None
    file = await service.file_of(id_in_path(request), which, asking)
    return await give(request, depot().storage, file, asking)


@described(media_type="image/jpeg")
async def get_poster(request: web.Request) -> web.StreamResponse:
    """A picture of the lesson file."""
    file = await service.poster_of(id_in_path(request), require_viewer(request))
    return await give_companion(request, depot().storage, file)


@described(media_type="text/vtt")
async def get_captions(request: web.Request) -> web.StreamResponse:
    """Who speaks when in the lesson file (WebVTT)."""
    file = await service.captions_of(id_in_path(request), require_viewer(request))
    return await give_companion(request, depot().storage, file)


async def delete_recording(request: web.Request) -> web.StreamResponse:
    await service.delete_recording(id_in_path(request), require_viewer(request))
    return ok(message="The recording is deleted.")


def _recording_shape(recording: RecordingView) -> dict[str, Any]:
    film = recording.film
    return {
        "id": recording.id,
        "state": recording.state,
        "started_at": recording.started_at,
        "duration_ms": recording.duration_ms,
        "size": recording.size,
        "sha256": recording.sha256,
        "tracks": [_track_shape(track) for track in recording.tracks],
        "film": _film_shape(recording.id, film) if film is not None else None,
        "chapters": [asdict(chapter) for chapter in film.chapters] if film is not None else [],
        "expires_at": recording.expires_at,
        "held": recording.held,
    }


def _film_shape(recording_id: UUID | None, film: LessonFileView) -> dict[str, Any]:
    """Its addresses are null as long as there is nothing at them."""
    base = f"/api/v1/recordings/{recording_id}"
    return {
        **{field: getattr(film, field) for field in FILM_FIELDS},
        "url": f"{base}/file" if film.storage_key else None,
        "poster_url": f"{base}/poster" if film.poster_key else None,
        "captions_url": f"{base}/captions" if film.captions_key else None,
    }


def _track_shape(track: TrackView) -> dict[str, Any]:
    return {field: getattr(track, field) for field in TRACK_FIELDS}
