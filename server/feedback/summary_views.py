"""The page of a lesson that is over; its mentor writes the last words there. It works without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from server.accounts.views import error_lines
from server.classroom import service as classroom
from server.edge.access import require_viewer
from server.edge.errors import status_of
from server.edge.paths import id_in_path
from server.edge.redirects import see_other
from server.edge.templates import read_form, render
from server.feedback.after import write_wrap_up
from server.feedback.summary import summary_of
from server.feedback.telling import summary_path
from server.feedback.views import form_of
from server.infra.clock import now
from server.infra.errors import Conflict, DomainError, Invalid

HELD = frozenset({"live", "ended"})
SAID = {
    "given": "Thank you. Your review is here for everybody to read.",
    "changed": "Your review is changed.",
    "written": "Kept. Your learners are told that it is here.",
}


async def summary_page(request: web.Request) -> web.StreamResponse:
    return await _page(request, {})


async def write(request: web.Request) -> web.StreamResponse:
    """The mentor's words: what to take away, and what comes next."""
    asking, session_id, sent = require_viewer(request), id_in_path(request), await read_form(request)
    takeaways, homework = (str(sent.get(name, "")) for name in ("takeaways", "homework"))
    try:
        await write_wrap_up(session_id, asking, takeaways, homework)
    except (Conflict, Invalid) as refused:
        return await _page(request, sent, refused)
    return see_other(f"{summary_path(session_id)}?done=written")


async def _page(
    request: web.Request, sent: Mapping[str, Any], refused: DomainError | None = None
) -> web.StreamResponse:
    asking = require_viewer(request)
    access = await classroom.room_access(id_in_path(request), asking.user_id)
    if access.session.status not in HELD:
        raise web.HTTPSeeOther(access.session.url)
    summary = await summary_of(access, asking, now())
    words = {"takeaways": summary.left.takeaways, "homework": summary.left.homework}
    context = {
        "summary": summary,
        "session": access.session,
        "words": {**words, **sent},
        "form": form_of(summary.review) if summary.review else {},
        "errors": error_lines(refused) if refused else {},
        "flash": SAID.get(request.query.get("done", "")) if refused is None else None,
    }
    status = status_of(refused) if refused else 200
    return render(request, "feedback/summary.html", context, status)
