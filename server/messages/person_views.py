"""The page on which somebody says that a person breaks the rules; it works without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from server.accounts.views import error_lines
from server.edge.access import require_viewer
from server.edge.api import validated
from server.edge.errors import status_of
from server.edge.redirects import see_other
from server.edge.templates import read_form, render
from server.infra.errors import DomainError, Invalid, Throttled
from server.messages import reports
from server.messages.forms import Report
from server.people import circle


async def report_page(request: web.Request) -> web.StreamResponse:
    """Asks why; with `?done=` it says thank you."""
    return await _page(request, {})


async def report(request: web.Request) -> web.StreamResponse:
    sent, username = await read_form(request), request.match_info["username"]
    try:
        form = validated(Report, sent)
        await reports.report_person(require_viewer(request), username, form.reason, form.text)
    except (Invalid, Throttled) as refused:
        return await _page(request, sent, refused)
    return see_other(f"/profile/{username}/report?done=reported")


async def _page(
    request: web.Request, form: Mapping[str, Any], refused: DomainError | None = None
) -> web.Response:
    person = await circle.owner(request.match_info["username"], require_viewer(request).user_id)
    context = {
        "person": person,
        "form": form,
        "errors": error_lines(refused) if refused else {},
        "done": refused is None and "done" in request.query,
    }
    return render(request, "messages/report_person.html", context, status_of(refused) if refused else 200)
