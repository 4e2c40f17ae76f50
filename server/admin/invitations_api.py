"""JSON: `/api/v1/admin/invitations`."""

from __future__ import annotations

from aiohttp import web
from pydantic import Field

from server.accounts import service as accounts
from server.accounts.values import InvitationView
from server.edge.access import require_viewer
from server.edge.api import ok, page_of, read_json
from server.edge.forms import Form
from server.edge.openapi import described
from server.edge.paths import id_in_path


class Invite(Form):
    email: str = Field(max_length=320)
    roles: set[str] = Field(max_length=10)


@described(item=InvitationView)
async def invitations(request: web.Request) -> web.Response:
    """`GET /admin/invitations`: the newest hundred."""
    found = await accounts.invitations()
    return ok(page_of(found, 1, max(len(found), 1), len(found)))


@described(body=Invite, data=InvitationView, statuses=(201,))
async def invite(request: web.Request) -> web.Response:
    """`POST /admin/invitations {email, roles}`: a mail with a link that works once, for a week."""
    form = await read_json(request, Invite)
    made = await accounts.invite(require_viewer(request), form.email, form.roles)
    return ok(made, "The invitation is on its way.", status=201)


async def revoke_invitation(request: web.Request) -> web.Response:
    """`DELETE /admin/invitations/{id}`: its link works no more."""
    await accounts.revoke_invitation(require_viewer(request), id_in_path(request))
    return ok(message="The invitation is taken back.")
