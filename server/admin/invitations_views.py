"""The page where owners invite people to the staff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from server.accounts import service as accounts
from server.accounts.views import error_lines
from server.admin.invitations_api import Invite
from server.edge.access import is_fresh, require_viewer
from server.edge.api import validated
from server.edge.errors import status_of
from server.edge.paths import id_in_path
from server.edge.permissions import STAFF_ROLES
from server.edge.redirects import see_other
from server.edge.templates import read_form, render
from server.infra.errors import DomainError, Forbidden, Invalid, Throttled

PAGE = "/dashboard/admin/invitations"
DONE = {
    "sent": "The invitation is on its way by mail.",
    "revoked": "The invitation is taken back: its link works no more.",
}


async def invitations(request: web.Request) -> web.StreamResponse:
    return await _page(request)


async def invite(request: web.Request) -> web.StreamResponse:
    sent = await read_form(request)
    roles = sent.get("roles", [])
    sent["roles"] = roles if isinstance(roles, list) else [roles]
    try:
        form = validated(Invite, sent)
        await accounts.invite(require_viewer(request), form.email, form.roles)
    except (Invalid, Forbidden, Throttled) as error:
        return await _page(request, sent, error)
    return see_other(f"{PAGE}?done=sent")


async def revoke(request: web.Request) -> web.StreamResponse:
    await accounts.revoke_invitation(require_viewer(request), id_in_path(request))
    return see_other(f"{PAGE}?done=revoked")


async def _page(
    request: web.Request, sent: Mapping[str, Any] | None = None, error: DomainError | None = None
) -> web.Response:
    context = {
        "invitations": await accounts.invitations(),
        "roles": STAFF_ROLES,
        "fresh": is_fresh(require_viewer(request)),
        "form": sent or {},
        "errors": error_lines(error) if error else {},
        "flash": DONE.get(request.query.get("done", "")),
    }
    return render(request, "admin/invitations.html", context, status_of(error) if error else 200)
