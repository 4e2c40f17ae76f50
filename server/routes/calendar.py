"""The addresses of calendar."""

from __future__ import annotations

from server.calendar import files as calendar_files
from server.calendar import views as calendar_views
from server.routes.table import ANYONE, API, EVERYBODYS, SIGNED_IN, Route

ROUTES: tuple[Route, ...] = (
    Route("GET", calendar_views.PAGE, calendar_views.calendar_page, SIGNED_IN),
    Route("GET", calendar_views.FEED_PAGE, calendar_views.feed_page, SIGNED_IN),
    Route("POST", calendar_views.FEED_PAGE, calendar_views.change_feed, SIGNED_IN),
    Route("GET", "/calendar/{secret}.ics", calendar_files.feed, ANYONE, EVERYBODYS),
    Route("GET", f"{API}/sessions/{{id}}/calendar.ics", calendar_files.session_file, ANYONE, EVERYBODYS),
)
