"""The addresses of discovery."""

from __future__ import annotations

from server.discovery import api as discovery_api
from server.discovery import bookers, mentors, portfolio, session_views
from server.discovery import views as discovery_views
from server.discovery.seats_socket import seats_socket
from server.routes.table import ANYONE, API, EVERYBODYS, MEMBERS_ONLY, MENTORS, SIGNED_IN, Route

ROUTES: tuple[Route, ...] = (
    Route("GET", "/sessions/", discovery_views.browse, ANYONE),
    Route("GET", "/sessions/{id}", session_views.session_page, ANYONE, EVERYBODYS),
    Route("POST", "/sessions/{id}/cancel", session_views.cancel, SIGNED_IN, MEMBERS_ONLY),
    Route("POST", "/sessions/{id}/publish", session_views.publish, SIGNED_IN, MENTORS),
    Route("POST", "/sessions/{id}/start", session_views.start, SIGNED_IN, MENTORS),
    Route("GET", "/sessions/{id}/bookings", bookers.session_bookings, SIGNED_IN, MENTORS),
    Route("GET", "/ws/sessions/{id}/seats/", seats_socket, ANYONE, EVERYBODYS),
    Route("GET", f"{API}/sessions", discovery_api.list_sessions, ANYONE),
    Route("GET", "/mentors", mentors.mentors_page, ANYONE),
    Route("GET", f"{API}/mentors", mentors.list_mentors, ANYONE),
    Route("GET", "/profile/{username}/portfolio", portfolio.portfolio_page, ANYONE, EVERYBODYS),
)
