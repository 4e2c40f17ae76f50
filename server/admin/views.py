"""The administrators' dashboard; it works without scripts."""

from __future__ import annotations

from aiohttp import web

from server.accounts import service as accounts
from server.edge.access import require_viewer
from server.edge.api import paging
from server.edge.redirects import see_other
from server.edge.templates import read_form, render
from server.infra.errors import Invalid
from server.people import service as people
from server.people.states import MentorStatus

DECISIONS = {
    "approve": MentorStatus.APPROVED,
    "reject": MentorStatus.REJECTED,
    "request-changes": MentorStatus.CHANGES_REQUESTED,
}
USERS_PER_PAGE = 100


async def overview(request: web.Request) -> web.StreamResponse:
    await accounts.remember_role(require_viewer(request).user_id, "admin")
    counts = {
        "waiting": await people.count_mentors(MentorStatus.SUBMITTED),
        "users": await accounts.count_accounts(),
        "mentors": await people.count_mentors(),
        "learners": await accounts.count_accounts("learner"),
    }
    return render(request, "admin/overview.html", {"counts": counts})


async def users(request: web.Request) -> web.StreamResponse:
    """The applications that wait, and everybody."""
    part = paging(request)
    found, total = await accounts.accounts((part.page - 1) * USERS_PER_PAGE, USERS_PER_PAGE)
    context = {
        "waiting": await people.waiting_mentors(),
        "users": found,
        "total": total,
    }
    return render(request, "admin/users.html", context)


async def review_mentor(request: web.Request) -> web.StreamResponse:
    """One of the buttons below an application."""
    sent = await read_form(request)
    verdict = DECISIONS.get(sent.get("decision", ""))
    if verdict is None:
        raise Invalid(fields={"decision": "Choose approve, reject or request-changes."})
    username, reason = request.match_info["username"], sent.get("reason", "")
    await people.review_mentor(require_viewer(request), username, verdict, reason)
    return see_other("/dashboard/admin/users")
