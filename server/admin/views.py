"""The administrators' dashboard; it works without scripts."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from aiohttp import web

from server.accounts import service as accounts
from server.admin.joined import SHOWN_DAYS, joined_days
from server.booking import service as booking
from server.classroom import service as classroom
from server.edge.access import require_viewer
from server.edge.permissions import Permission
from server.edge.redirects import see_other
from server.edge.templates import read_form, render
from server.infra.clock import now
from server.infra.errors import Invalid
from server.people import service as people
from server.people.revisions import count_revisions
from server.people.states import MentorStatus
from server.people.verification import count_credentials

DRAINING = {"drain": True, "resume": False}
SHOWN_ROWS = 4  # of each list on the overview


async def overview(request: web.Request) -> web.StreamResponse:
    asking = require_viewer(request)
    await accounts.remember_role(asking.user_id, "admin")
    newest, _ = await accounts.accounts(0, SHOWN_ROWS) if asking.may(Permission.PEOPLE_VIEW) else ([], 0)
    taught = await booking.figures()
    joined = await accounts.joined_since(now() - timedelta(days=SHOWN_DAYS))
    mentors = await people.mentors_by_status()
    waiting = {
        "mentors": mentors[MentorStatus.SUBMITTED],
        "revisions": await count_revisions(),
        "evidence": await count_credentials(),
    }
    counts = {
        "waiting": sum(waiting.values()),
        "users": await accounts.count_accounts(),
        "mentors": mentors[MentorStatus.APPROVED],
        "learners": await accounts.count_accounts("learner"),
        "sessions": taught.sessions,
        "hours taught": taught.hours,
    }
    context = {
        "counts": counts,
        "waiting": waiting,
        "newest": newest,
        "coming": await booking.featured_sessions(now(), SHOWN_ROWS),
        "joined": joined_days(now(), ZoneInfo(asking.timezone), joined),
    }
    return render(request, "admin/overview.html", context)


async def control(request: web.Request) -> web.StreamResponse:
    """What operators watch and switch."""
    return render(request, "admin/control.html", {"nodes": await classroom.media_node_reports()})


async def switch_node(request: web.Request) -> web.StreamResponse:
    """The button beside a media node."""
    sent = await read_form(request)
    draining = DRAINING.get(sent.get("action", ""))
    if draining is None:
        raise Invalid(fields={"action": "Choose drain or resume."})
    await classroom.set_node_draining(require_viewer(request), request.match_info["id"], draining)
    return see_other("/dashboard/admin/control")
