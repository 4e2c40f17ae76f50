"""Whether somebody was told: everything that was sent to one person, for who has to find out.

Looking leaves a row in the log of the staff."""

from __future__ import annotations

from aiohttp import web

from server.accounts.lookup import by_username
from server.accounts.models import User
from server.edge.access import require_viewer
from server.edge.paging import Part
from server.edge.templates import render
from server.infra import audit
from server.infra.db import transactional
from server.notifications import history
from server.notifications.history import Told

PAGE = "/dashboard/admin/deliveries"
ROWS = 50
NOBODY = "Nobody has this username."


async def deliveries_page(request: web.Request) -> web.StreamResponse:
    """`?user=<username>`; without one it asks for it."""
    asking, username = require_viewer(request), request.query.get("user", "").strip()
    part, rows, total = Part.asked(request, ROWS), list[Told](), 0
    user = await by_username(username) if username else None
    if user is not None:
        rows, total = await _looked_at(asking.user_id, user, part)
    context = {
        "user": user,
        "rows": rows,
        "page": part.of(total),
        "form": {"user": username},
        "errors": {"user": NOBODY} if username and user is None else {},
    }
    return render(request, "admin/deliveries.html", context)


@transactional
async def _looked_at(actor_id: int, user: User, part: Part) -> tuple[list[Told], int]:
    await audit.record(actor_id, "deliveries.viewed", "user", user.id)
    return await history.evidence(user.id, part.offset, part.per_page)
