"""The addresses of rescheduling."""

from __future__ import annotations

from server.booking.rescheduling import api as moves_api
from server.booking.rescheduling import views as moves_views
from server.routes.table import API, MEMBERS, MEMBERS_ONLY, SIGNED_IN, Route

MOVE = f"{API}/reschedules/{{id}}"

ROUTES: tuple[Route, ...] = (
    Route("GET", "/sessions/{id}/reschedule", moves_views.move_page, SIGNED_IN, MEMBERS),
    Route("POST", "/sessions/{id}/reschedule", moves_views.move, SIGNED_IN, MEMBERS),
    Route("POST", "/reschedules/{id}", moves_views.answer, SIGNED_IN, MEMBERS_ONLY),
    Route("POST", f"{API}/sessions/{{id}}/reschedule", moves_api.propose_move, SIGNED_IN, MEMBERS),
    Route("GET", MOVE, moves_api.get_move, SIGNED_IN, MEMBERS_ONLY),
    Route("POST", f"{MOVE}/accept", moves_api.accept_move, SIGNED_IN, MEMBERS_ONLY),
    Route("POST", f"{MOVE}/decline", moves_api.decline_move, SIGNED_IN, MEMBERS_ONLY),
    Route("POST", f"{MOVE}/withdraw", moves_api.withdraw_move, SIGNED_IN, MEMBERS_ONLY),
)
