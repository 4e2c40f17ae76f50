"""The addresses of pages."""

from __future__ import annotations

from server.pages import installing, personal_views
from server.pages import views as pages
from server.routes.table import ANYONE, API, MENTOR, SIGNED_IN, Route

ROUTES: tuple[Route, ...] = (
    Route("GET", "/", pages.landing, ANYONE),
    Route("GET", "/dashboard/", pages.dashboard, SIGNED_IN),
    Route("GET", "/dashboard/learner/overview", pages.learner_overview, SIGNED_IN),
    Route("GET", "/dashboard/learner/browse", pages.learner_browse, SIGNED_IN),
    Route("GET", "/dashboard/mentor/overview", pages.mentor_overview, MENTOR),
    Route("GET", "/terms", pages.terms_page, ANYONE),
    Route("GET", installing.OFFLINE, installing.offline_page, ANYONE),
    Route("GET", "/manifest.webmanifest", installing.manifest, ANYONE),
    Route("GET", "/service-worker.js", installing.service_worker, ANYONE),
    Route("GET", "/auth/goodbye", personal_views.goodbye_page, ANYONE),
    Route("GET", personal_views.PAGE, personal_views.data_page, SIGNED_IN),
    Route("GET", f"{personal_views.PAGE}/export", personal_views.export_page, SIGNED_IN, fresh=True),
    Route("POST", f"{personal_views.PAGE}/leave", personal_views.leave_by_page, SIGNED_IN, fresh=True),
    Route("GET", f"{API}/users/me/export", personal_views.export, SIGNED_IN, fresh=True),
    Route("DELETE", f"{API}/users/me", personal_views.leave_by_api, SIGNED_IN, fresh=True),
)
