"""The addresses of requests."""

from __future__ import annotations

from server.booking.requests import api as requests_api
from server.booking.requests import views as requests_views
from server.routes.table import API, EVERYBODYS, MEMBERS_ONLY, MENTOR, MENTORS_ONLY, SIGNED_IN, Route

REQUEST = f"{API}/requests/{{id}}"

ROUTES: tuple[Route, ...] = (
    Route("GET", "/mentors/{username}/request", requests_views.request_form, SIGNED_IN, EVERYBODYS),
    Route("POST", "/mentors/{username}/request", requests_views.ask_mentor, SIGNED_IN, EVERYBODYS),
    Route("GET", requests_views.MENTORS_PAGE, requests_views.mentor_requests, MENTOR),
    Route("GET", "/requests/{id}", requests_views.request_page, SIGNED_IN, MEMBERS_ONLY),
    Route("POST", "/requests/{id}", requests_views.answer, SIGNED_IN, MEMBERS_ONLY),
    Route("POST", f"{API}/mentors/{{username}}/requests", requests_api.ask_mentor, SIGNED_IN, EVERYBODYS),
    Route("GET", f"{API}/requests", requests_api.list_requests, SIGNED_IN),
    Route("GET", REQUEST, requests_api.get_request, SIGNED_IN, MEMBERS_ONLY),
    Route("POST", f"{REQUEST}/accept", requests_api.accept_request, SIGNED_IN, MEMBERS_ONLY),
    Route("POST", f"{REQUEST}/decline", requests_api.decline_request, SIGNED_IN, MEMBERS_ONLY),
    Route("POST", f"{REQUEST}/propose", requests_api.propose_time, SIGNED_IN, MENTORS_ONLY),
    Route("POST", f"{REQUEST}/withdraw", requests_api.withdraw_request, SIGNED_IN, MEMBERS_ONLY),
)
