"""REST of materials (`/api/v1`): parse, call one function, answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from aiohttp import web

from server.booking.service import get_session
from server.edge.access import Viewer, require_viewer
from server.edge.api import ok, read_json, validated
from server.edge.attachments import ALONE, disposition
from server.edge.downloads import content_of, decide, send
from server.edge.openapi import described
from server.edge.paths import id_in_path
from server.edge.templates import read_form
from server.edge.uploads import posted_file
from server.infra.errors import Forbidden
from server.materials import access, adding, changing
from server.materials.adding import MAX_BYTES, TOO_LARGE
from server.materials.changing import NOT_YOURS, Changes
from server.materials.forms import AddMaterial, ChangeMaterial
from server.materials.values import MaterialFile
from server.people.gallery import gallery


@described(data=list[MaterialFile])
async def list_materials(request: web.Request) -> web.StreamResponse:
    """`GET /sessions/{id}/materials`: those that the asker may have now."""
    return ok(await access.visible_to(id_in_path(request), require_viewer(request)))


@described(data=MaterialFile, statuses=(201,))
async def add_material(request: web.Request) -> web.StreamResponse:
    """`POST /sessions/{id}/materials`, multipart: `file`, `phase` ("before" or "after") if not before."""
    viewer, session_id = require_viewer(request), id_in_path(request)
    await require_own(viewer, session_id)
    form = validated(AddMaterial, await read_form(request))
    source = await posted_file(request, "file", MAX_BYTES, TOO_LARGE)
    part: Any = (await request.post())["file"]
    added = await adding.add(session_id, viewer, form.phase, part.filename, source)
    return ok(added, "Added.", 201)


async def require_own(viewer: Viewer, session_id: UUID) -> None:
    """Before a body of many megabytes is read. Raises NotFound, Forbidden."""
    session = await get_session(session_id, viewer)
    if session.mentor_id != viewer.user_id:
        raise Forbidden(message=NOT_YOURS)


@described(body=ChangeMaterial, data=MaterialFile)
async def change_material(request: web.Request) -> web.StreamResponse:
    """`PATCH /materials/{id}`: another name, or another time to show it."""
    viewer, material_id = require_viewer(request), id_in_path(request)
    form = await read_json(request, ChangeMaterial)
    return ok(await changing.change(material_id, viewer, Changes(form.name, form.phase)))


async def remove_material(request: web.Request) -> web.StreamResponse:
    """`DELETE /materials/{id}`."""
    await changing.remove(id_in_path(request), require_viewer(request))
    return ok(message="Removed.")


@described(media_type="application/octet-stream")
async def file_content(request: web.Request) -> web.StreamResponse:
    """A file as a download, whole or a range of it."""
    file = await access.download(id_in_path(request), require_viewer(request))
    storage = gallery().storage
    await storage.size(file.key)
    decision = decide(request, content_of(file.size, file.sha256))
    about = {
        **ALONE,
        "Cache-Control": "private, no-cache",
        "Content-Type": file.content_type,
        "Content-Disposition": disposition(file.name, "file"),
    }
    return await send(request, storage, file.key, decision, about)
