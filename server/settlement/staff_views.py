"""The staff's pages of cases: who takes one decides it. They need no scripts."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from server.accounts.views import error_lines
from server.edge.access import require_viewer
from server.edge.api import validated
from server.edge.errors import status_of
from server.edge.paging import Part
from server.edge.paths import id_in_path
from server.edge.redirects import see_other
from server.edge.templates import read_form, render
from server.infra.clock import now
from server.infra.errors import Conflict, DomainError, Invalid
from server.settlement.cases import Which, cases, open_case
from server.settlement.deciding import case_of, decide, leave, take
from server.settlement.forms import DecisionForm, typed_decision
from server.settlement.telling import CASES

PER_PAGE = 50
TABS = (("open", "To decide", CASES), ("decided", "Decided", f"{CASES}?tab=decided"))
DONE = {
    "taken": "This case is yours. Somebody else may take it over after 24 hours.",
    "left": "Somebody else may take it now.",
    "decided": "It is decided. Both sides have been told.",
}


async def cases_page(request: web.Request) -> web.StreamResponse:
    """`?tab=open|decided&page=`."""
    tab: Which = "decided" if request.query.get("tab") == "decided" else "open"
    part = Part.asked(request, PER_PAGE)
    rows, total = await cases(tab, part.offset, PER_PAGE)
    context = {"rows": rows, "page": part.of(total), "tab": tab, "tabs": TABS}
    return render(request, "settlement/cases.html", context)


async def case_page(request: web.Request) -> web.StreamResponse:
    return await _page(request)


async def take_case(request: web.Request) -> web.StreamResponse:
    return await _act(request, "taken")


async def leave_case(request: web.Request) -> web.StreamResponse:
    return await _act(request, "left")


async def _act(request: web.Request, what: str) -> web.StreamResponse:
    issue_id, asking = id_in_path(request), require_viewer(request)
    try:
        await (take if what == "taken" else leave)(issue_id, asking)
    except Conflict as refused:
        return await _page(request, refused)
    return see_other(f"{CASES}/{issue_id}?done={what}")


async def decide_case(request: web.Request) -> web.StreamResponse:
    """Nothing that was written is lost where it is refused."""
    issue_id, asking = id_in_path(request), require_viewer(request)
    _, booking, _ = await case_of(issue_id, asking)
    sent = await read_form(request)
    try:
        said = validated(DecisionForm, typed_decision(sent, booking.currency))
        await decide(issue_id, asking, said)
    except (Invalid, Conflict) as refused:
        return await _page(request, refused, sent)
    return see_other(f"{CASES}/{issue_id}?done=decided")


async def _page(
    request: web.Request, refused: DomainError | None = None, sent: dict[str, Any] | None = None
) -> web.Response:
    found = await open_case(id_in_path(request), require_viewer(request), now())
    context = {
        "case": found,
        "form": sent or {},
        "errors": error_lines(refused) if refused else {},
        "flash": DONE.get(request.query.get("done", "")),
    }
    return render(request, "settlement/case.html", context, status_of(refused) if refused else 200)
