"""The addresses of feedback."""

from __future__ import annotations

from server.feedback import api as feedback_api
from server.feedback import summary_views
from server.feedback import views as feedback_views
from server.routes.table import ANYONE, API, EVERYBODYS, MEMBERS, MENTORS, SIGNED_IN, Route

PAGE, OF_SESSION = "/sessions/{id}/feedback", f"{API}/sessions/{{id}}/feedback"

ROUTES: tuple[Route, ...] = (
    Route("GET", "/sessions/{id}/summary", summary_views.summary_page, SIGNED_IN, MEMBERS),
    Route("POST", "/sessions/{id}/summary", summary_views.write, SIGNED_IN, MENTORS),
    Route("GET", PAGE, feedback_views.feedback_page, ANYONE, EVERYBODYS),
    Route("POST", PAGE, feedback_views.give, SIGNED_IN, MEMBERS),
    Route("POST", "/feedback/{id}/reply", feedback_views.reply, SIGNED_IN, MENTORS),
    Route("GET", "/feedback/{id}/report", feedback_views.report_page, SIGNED_IN, EVERYBODYS),
    Route("POST", "/feedback/{id}/report", feedback_views.report, SIGNED_IN, EVERYBODYS),
    Route("GET", OF_SESSION, feedback_api.feedback, ANYONE, EVERYBODYS),
    Route("POST", OF_SESSION, feedback_api.give, SIGNED_IN, MEMBERS),
    Route("POST", f"{API}/feedback/{{id}}/reply", feedback_api.reply, SIGNED_IN, MENTORS),
    Route("POST", f"{API}/feedback/{{id}}/report", feedback_api.report, SIGNED_IN, EVERYBODYS),
)
