"""The addresses of recordings."""

from __future__ import annotations

from server.recordings import api as recordings_api
from server.recordings import views as recordings_views
from server.recordings.keeping import views as keeping_views
from server.recordings.watching import api as watching_api
from server.routes.table import API, MEMBERS_ONLY, MENTORS_ONLY, SIGNED_IN, Route

ROUTES: tuple[Route, ...] = (
    Route("GET", "/sessions/{id}/recordings", recordings_views.recording_page, SIGNED_IN, MEMBERS_ONLY),
    Route("POST", f"{API}/recordings/{{id}}/watch", watching_api.report, SIGNED_IN, MEMBERS_ONLY),
    Route(
        "GET", f"{API}/sessions/{{id}}/recordings", recordings_api.get_recording, SIGNED_IN, MEMBERS_ONLY
    ),
    Route("GET", f"{API}/recordings/{{id}}/file", recordings_api.get_file, SIGNED_IN, MEMBERS_ONLY),
    Route("GET", f"{API}/recordings/{{id}}/poster", recordings_api.get_poster, SIGNED_IN, MEMBERS_ONLY),
    Route(
        "GET", f"{API}/recordings/{{id}}/captions", recordings_api.get_captions, SIGNED_IN, MEMBERS_ONLY
    ),
    Route("GET", "/sessions/{id}/recordings/log", keeping_views.log_page, SIGNED_IN, MENTORS_ONLY),
    Route("GET", f"{API}/sessions/{{id}}/recordings/log", keeping_views.log_api, SIGNED_IN, MENTORS_ONLY),
    Route("DELETE", f"{API}/recordings/{{id}}", recordings_api.delete_recording, SIGNED_IN, MENTORS_ONLY),
    Route(
        "POST",
        "/sessions/{id}/recordings/delete",
        recordings_views.delete_recording,
        SIGNED_IN,
        MENTORS_ONLY,
    ),
)
