"""Where the staff reads reports and decides; it works without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from server.accounts.views import error_lines
from server.edge.access import require_viewer
from server.edge.errors import status_of
from server.edge.paging import Part
from server.edge.paths import id_in_path
from server.edge.redirects import see_other
from server.edge.templates import read_form, render
from server.infra.errors import DomainError, Invalid
from server.messages import cases
from server.messages.states import ReportStatus

ROWS = 50
PAGE = "/dashboard/admin/reports"
TABS = (("open", "Open"), ("decided", "Decided"))


async def reports_page(request: web.Request) -> web.StreamResponse:
    part = Part.asked(request, ROWS)
    tab = "decided" if request.query.get("tab") == "decided" else "open"
    listed = cases.decided_reports if tab == "decided" else cases.open_reports
    rows, total = await listed(part.offset, ROWS)
    context = {
        "tab": tab,
        "tabs": [(key, words, f"{PAGE}?tab={key}") for key, words in TABS],
        "rows": rows,
        "page": part.of(total),
        "flash": "Decided." if request.query.get("done") else None,
    }
    return render(request, "messages/reports.html", context)


async def report_page(request: web.Request) -> web.StreamResponse:
    """Who looks here is written down."""
    return await _case(request, {})


async def decide(request: web.Request) -> web.StreamResponse:
    """`verdict` is upheld or dismissed."""
    sent = await read_form(request)
    viewer, report_id = require_viewer(request), id_in_path(request)
    try:
        verdict = _verdict(sent)
        await cases.decide(viewer, report_id, verdict, str(sent.get("reason", "")))
    except Invalid as refused:
        return await _case(request, sent, refused)
    return see_other(f"{PAGE}?done=decided")


def _verdict(sent: Mapping[str, Any]) -> ReportStatus:
    """Raises Invalid."""
    if sent.get("verdict") not in (ReportStatus.UPHELD, ReportStatus.DISMISSED):
        raise Invalid(fields={"verdict": "Say whether it breaks the rules."})
    return ReportStatus(sent["verdict"])


async def _case(
    request: web.Request, form: Mapping[str, Any], refused: DomainError | None = None
) -> web.Response:
    case = await cases.open_case(require_viewer(request), id_in_path(request))
    context = {"case": case, "form": form, "errors": error_lines(refused) if refused else {}}
    return render(request, "messages/report.html", context, status_of(refused) if refused else 200)
