"""The addresses of achievements."""

from __future__ import annotations

from server.achievements import api as achievements_api
from server.achievements import views as achievements_views
from server.routes.table import ANYONE, API, EVERYBODYS, OWN, REVIEWS, SIGNED_IN, Route

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        "/profile/{username}/achievements",
        achievements_views.achievements_page,
        ANYONE,
        EVERYBODYS,
    ),
    Route("GET", "/certificates/{code}", achievements_views.certificate_page, ANYONE, EVERYBODYS),
    Route("GET", "/certificates/{code}/pdf", achievements_views.certificate_file, ANYONE, EVERYBODYS),
    Route("POST", "/certificates/{code}/listed", achievements_views.change_listed, SIGNED_IN, OWN),
    Route("POST", "/certificates/{code}/revoke", achievements_views.revoke, REVIEWS, EVERYBODYS),
    Route(
        "GET", f"{API}/users/{{username}}/achievements", achievements_api.achievements, ANYONE, EVERYBODYS
    ),
    Route("GET", f"{API}/certificates/{{code}}", achievements_api.certificate, ANYONE, EVERYBODYS),
    Route(
        "POST",
        f"{API}/admin/certificates/{{code}}/revoke",
        achievements_api.revoke_certificate,
        REVIEWS,
        EVERYBODYS,
    ),
)
