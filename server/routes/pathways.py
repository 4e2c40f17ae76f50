"""The addresses of pathways."""

from __future__ import annotations

from server.pathways import api as pathways_api
from server.pathways import desk_views as pathways_desk
from server.pathways import views as pathways_views
from server.routes.table import ANYONE, API, EVERYBODYS, MENTOR, MENTORS_ONLY, SIGNED_IN, Route

PATHWAYS = pathways_desk.PAGE

ROUTES: tuple[Route, ...] = (
    Route("GET", "/pathways/{slug}", pathways_views.page, ANYONE, EVERYBODYS),
    Route("POST", "/pathways/{slug}/follow", pathways_views.change_follow, SIGNED_IN, EVERYBODYS),
    Route("GET", PATHWAYS, pathways_desk.list_page, MENTOR),
    Route("POST", PATHWAYS, pathways_desk.create, MENTOR),
    Route("GET", f"{PATHWAYS}/{{slug}}", pathways_desk.edit_page, MENTOR, MENTORS_ONLY),
    Route("POST", f"{PATHWAYS}/{{slug}}", pathways_desk.change, MENTOR, MENTORS_ONLY),
    Route("GET", f"{API}/pathways", pathways_api.list_pathways, ANYONE),
    Route("GET", f"{API}/pathways/{{slug}}", pathways_api.get_pathway, ANYONE, EVERYBODYS),
    Route("POST", f"{API}/pathways/{{slug}}/follow", pathways_api.follow, SIGNED_IN, EVERYBODYS),
    Route("DELETE", f"{API}/pathways/{{slug}}/follow", pathways_api.unfollow, SIGNED_IN, EVERYBODYS),
)
