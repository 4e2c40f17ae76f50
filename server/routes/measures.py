"""The addresses of what is measured of lessons."""

from __future__ import annotations

from server.classroom.measures import api, views
from server.routes.table import API, MEMBERS_ONLY, SIGNED_IN, Route

ROUTES: tuple[Route, ...] = (
    Route("GET", "/communication/calls", views.calls_page, SIGNED_IN),
    Route("GET", "/communication/calls/{id}", views.call_page, SIGNED_IN, MEMBERS_ONLY),
    Route("GET", f"{API}/calls", api.list_calls, SIGNED_IN),
    Route("GET", f"{API}/sessions/{{id}}/quality", api.get_quality, SIGNED_IN, MEMBERS_ONLY),
)
