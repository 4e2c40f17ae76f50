"""JSON: `/api/v1/admin/users`. Who may enter stands in the routes, who decides of whom in accounts."""

from __future__ import annotations

from aiohttp import web
from pydantic import Field

from server.accounts import service as accounts
from server.accounts.values import Account, AccountFile
from server.edge.access import require_viewer
from server.edge.api import ok, page_of, paging, read_json, read_query
from server.edge.forms import Form
from server.edge.openapi import described
from server.edge.paths import id_in_path


class UserFilter(Form):
    q: str = Field("", max_length=100)
    role: str = Field("", max_length=12)
    status: str = Field("", max_length=12)


class ChangeUser(Form):
    status: str | None = Field(None, max_length=20)
    roles: set[str] | None = Field(None, max_length=10)
    reason: str = Field("", max_length=2000)


class WarnUser(Form):
    reason: str = Field(max_length=2000)


@described(query=UserFilter, paged=True, item=Account)
async def users(request: web.Request) -> web.Response:
    """`GET /admin/users?q=&role=&status=`."""
    wanted, part = read_query(request, UserFilter), paging(request)
    found, total = await accounts.accounts(
        part.offset, part.per_page, q=wanted.q, role=wanted.role, status=wanted.status
    )
    return ok(page_of(found, part.page, part.per_page, total))


@described(data=AccountFile)
async def user(request: web.Request) -> web.Response:
    """`GET /admin/users/{id}`: with logins and history; that it was looked at is kept."""
    return ok(await accounts.account_file(require_viewer(request), id_in_path(request)))


@described(body=ChangeUser, data=Account)
async def change_user(request: web.Request) -> web.Response:
    """`PATCH /admin/users/{id} {status?, roles?, reason}`."""
    form = await read_json(request, ChangeUser)
    public_id = id_in_path(request)
    changed = await accounts.change_account(
        require_viewer(request), public_id, status=form.status, roles=form.roles, reason=form.reason
    )
    return ok(changed)


@described(body=WarnUser, data=Account)
async def warn_user(request: web.Request) -> web.Response:
    """`POST /admin/users/{id}/warn {reason}`."""
    form = await read_json(request, WarnUser)
    return ok(await accounts.warn(require_viewer(request), id_in_path(request), form.reason))
