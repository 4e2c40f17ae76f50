"""The page on which a mentor keeps what goes with a session; it works without scripts.

Files of each phase come by a form of their own: the name of its field says the phase."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from aiohttp import web

from server.booking.service import get_session
from server.edge.access import Viewer, require_viewer
from server.edge.api import validated
from server.edge.errors import status_of
from server.edge.forms import posted
from server.edge.paths import id_in_path
from server.edge.redirects import see_other
from server.edge.templates import read_form, render
from server.edge.uploads import posted_file
from server.infra.errors import Conflict, DomainError, Invalid, Throttled
from server.materials import adding, changing
from server.materials.access import files_of
from server.materials.adding import MAX_BYTES, MAX_FILES, TOO_LARGE
from server.materials.api import require_own
from server.materials.changing import Changes
from server.materials.forms import ChangeMaterial, ChooseMaterial
from server.materials.types import ENDINGS
from server.materials.values import Phase

SAID = {
    "added": "Added.",
    "changed": "Changed.",
    "removed": "Removed. Nobody can fetch it any more.",
}
ACCEPT = ",".join(sorted(f".{ending}" for endings in ENDINGS.values() for ending in endings))
Deed = Callable[[Viewer, UUID, Mapping[str, Any]], Awaitable[str]]


async def materials_page(request: web.Request) -> web.StreamResponse:
    await require_own(require_viewer(request), id_in_path(request))
    return await _page(request)


async def act(request: web.Request) -> web.StreamResponse:
    """`do` names what: nothing adds a file."""
    viewer, session_id = require_viewer(request), id_in_path(request)
    await require_own(viewer, session_id)
    sent = await read_form(request)
    try:
        deed = DEEDS.get(str(sent.get("do", "")))
        done = await (deed(viewer, session_id, sent) if deed else _add(request, session_id))
    except (Invalid, Conflict, Throttled) as refused:
        return await _page(request, refused)
    return see_other(f"/sessions/{session_id}/materials?done={done}")


async def _add(request: web.Request, session_id: UUID) -> str:
    """Raises Invalid naming the phase that the file was meant for."""
    fields = await posted(request)
    phase = Phase.AFTER if Phase.AFTER in fields else Phase.BEFORE
    try:
        source = await posted_file(request, phase, MAX_BYTES, TOO_LARGE)
        part: Any = fields[phase]
        await adding.add(session_id, require_viewer(request), phase, part.filename, source)
    except Invalid as refused:
        raise Invalid(fields={phase.value: next(iter(refused.fields.values()))}) from refused
    return "added"


async def _change(viewer: Viewer, session_id: UUID, sent: Mapping[str, Any]) -> str:
    """Raises Invalid naming the field and its file."""
    chosen = validated(ChooseMaterial, sent).material
    try:
        form = validated(ChangeMaterial, sent)
    except Invalid as refused:
        wrong = {f"{name}-{chosen}": text for name, text in refused.fields.items()}
        raise Invalid(fields=wrong) from refused
    await changing.change(chosen, viewer, Changes(form.name, form.phase))
    return "changed"


async def _remove(viewer: Viewer, session_id: UUID, sent: Mapping[str, Any]) -> str:
    await changing.remove(validated(ChooseMaterial, sent).material, viewer)
    return "removed"


DEEDS: dict[str, Deed] = {"change": _change, "remove": _remove}


async def _page(request: web.Request, refused: DomainError | None = None) -> web.Response:
    session_id = id_in_path(request)
    files = await files_of(session_id)
    context = {
        "session": await get_session(session_id, require_viewer(request)),
        "phases": {phase.value: [one for one in files if one.phase is phase] for phase in Phase},
        "room": MAX_FILES - len(files),
        "accept": ACCEPT,
        "errors": _errors(refused) if refused else {},
        "flash": None if refused else SAID.get(request.query.get("done", "")),
    }
    return render(request, "materials/edit.html", context, status_of(refused) if refused else 200)


def _errors(refused: DomainError) -> dict[str, str]:
    return refused.fields or {"form": refused.message}
