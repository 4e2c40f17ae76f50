"""Recordings as the staff sees them: how long they stay, who fetched them, and which must not go yet.

Nobody of the staff watches one here. Looking at a log leaves a row in the log of the staff."""

from __future__ import annotations

from typing import cast, get_args
from uuid import UUID

from aiohttp import web

from server.accounts.views import error_lines
from server.edge.access import require_viewer
from server.edge.errors import status_of
from server.edge.paging import Part
from server.edge.paths import id_in_path
from server.edge.redirects import see_other
from server.edge.templates import read_form, render
from server.infra import audit
from server.infra.db import transactional
from server.infra.errors import Conflict, DomainError, Invalid
from server.recordings.keeping import desk, holding, logbook
from server.recordings.keeping.desk import Kept, Show

PAGE = "/dashboard/admin/recordings"
ROWS, LINES = 50, 50
LONGEST_QUERY = 200  # characters
DONE = {
    "hold": "The recording is held. Nobody can delete it until the hold is lifted.",
    "lift": "The hold is lifted. What should be gone by now stays for another week.",
}


async def recordings(request: web.Request) -> web.StreamResponse:
    """`?q=&show=held|soon|gone&page=`."""
    part, q = Part.asked(request, ROWS), request.query.get("q", "").strip()[:LONGEST_QUERY]
    asked = request.query.get("show", "")
    show = cast(Show, asked) if asked in get_args(Show) else ""
    found, total = await desk.recordings(q, show, part.offset, part.per_page)
    filters = {name: value for name, value in (("q", q), ("show", show)) if value}
    context = {"recordings": found, "page": part.of(total), "filters": filters, "show": show}
    return render(request, "admin/recordings.html", context)


async def recording_page(request: web.Request) -> web.StreamResponse:
    return await _page(request)


async def change_hold(request: web.Request) -> web.StreamResponse:
    """Place or lift it, each with a reason."""
    sent = await read_form(request)
    actor, recording_id = require_viewer(request), id_in_path(request)
    action, reason = str(sent.get("action", "")), str(sent.get("reason", ""))
    try:
        if action == "hold":
            await holding.hold(recording_id, actor, reason)
        elif action == "lift":
            await holding.lift(recording_id, actor, reason)
        else:
            raise Invalid(fields={"action": "Choose hold or lift."})
    except (Invalid, Conflict) as error:
        return await _page(request, reason, error)
    return see_other(f"{PAGE}/{recording_id}?done={action}")


async def _page(request: web.Request, reason: str = "", error: DomainError | None = None) -> web.Response:
    part = Part.asked(request, LINES)
    found, lines, total = await _looked_at(require_viewer(request).user_id, id_in_path(request), part)
    context = {
        "recording": found,
        "lines": lines,
        "page": part.of(total),
        "form": {"reason": reason},
        "errors": error_lines(error) if error else {},
        "flash": DONE.get(request.query.get("done", "")),
    }
    return render(request, "admin/recording.html", context, status_of(error) if error else 200)


@transactional
async def _looked_at(
    actor_id: int, recording_id: UUID, part: Part
) -> tuple[Kept, list[logbook.Line], int]:
    found = await desk.recording(recording_id)
    await audit.record(actor_id, "recording.viewed", "recording", recording_id)
    lines, total = await logbook.lines(recording_id, found.session.id, part.offset, part.per_page)
    return found, lines, total
