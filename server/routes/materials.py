"""The addresses of materials."""

from __future__ import annotations

from server.materials import adding as materials_adding
from server.materials import api as materials_api
from server.materials import views as materials_views
from server.routes.table import API, MEMBERS_ONLY, MENTORS, MENTORS_ONLY, SIGNED_IN, Route

MATERIAL_BODY = materials_adding.MAX_BYTES + 64 * 1024

ROUTES: tuple[Route, ...] = (
    Route("GET", "/sessions/{id}/materials", materials_views.materials_page, SIGNED_IN, MENTORS),
    Route(
        "POST",
        "/sessions/{id}/materials",
        materials_views.act,
        SIGNED_IN,
        MENTORS,
        most=MATERIAL_BODY,
    ),
    Route(
        "GET", f"{API}/sessions/{{id}}/materials", materials_api.list_materials, SIGNED_IN, MEMBERS_ONLY
    ),
    Route(
        "POST",
        f"{API}/sessions/{{id}}/materials",
        materials_api.add_material,
        SIGNED_IN,
        MENTORS,
        most=MATERIAL_BODY,
    ),
    Route("GET", f"{API}/materials/{{id}}/file", materials_api.file_content, SIGNED_IN, MEMBERS_ONLY),
    Route("PATCH", f"{API}/materials/{{id}}", materials_api.change_material, SIGNED_IN, MENTORS_ONLY),
    Route("DELETE", f"{API}/materials/{{id}}", materials_api.remove_material, SIGNED_IN, MENTORS_ONLY),
)
