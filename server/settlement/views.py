"""The page of a seat after its lesson, on which both sides may object. It needs no scripts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from aiohttp import web

from server.accounts.views import error_lines
from server.edge.access import require_viewer
from server.edge.api import validated
from server.edge.errors import status_of
from server.edge.paths import id_in_path
from server.edge.redirects import see_other
from server.edge.templates import read_form, render
from server.infra.errors import Conflict, DomainError, Invalid
from server.settlement.forms import IssueForm
from server.settlement.opening import raise_issue
from server.settlement.seen import attendance

DONE = "We have it. What was paid for this seat waits until it is decided, and we tell you both."


async def attendance_page(request: web.Request) -> web.StreamResponse:
    return await _page(request, id_in_path(request))


async def object_to(request: web.Request) -> web.StreamResponse:
    """What is wrong with what was written is said beside it."""
    booking_id, asking = id_in_path(request), require_viewer(request)
    await attendance(booking_id, asking)  # strangers learn nothing by what they send
    sent = await read_form(request)
    try:
        said = validated(IssueForm, sent)
        await raise_issue(booking_id, asking, said.reason, said.text)
    except (Invalid, Conflict) as refused:
        return await _page(request, booking_id, refused, sent)
    return see_other(f"/bookings/{booking_id}/attendance?done=raised")


async def _page(
    request: web.Request,
    booking_id: UUID,
    refused: DomainError | None = None,
    sent: dict[str, Any] | None = None,
) -> web.Response:
    context = {
        "seat": await attendance(booking_id, require_viewer(request)),
        "form": sent or {},
        "errors": error_lines(refused) if refused else {},
        "flash": DONE if request.query.get("done") == "raised" else None,
    }
    return render(request, "settlement/attendance.html", context, status_of(refused) if refused else 200)
