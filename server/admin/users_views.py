"""The pages of user management: everybody, and one account with what can be decided about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from server.accounts import service as accounts
from server.accounts.values import ROLES, AccountFile
from server.accounts.views import error_lines
from server.admin.users_api import UserFilter
from server.edge.access import Viewer, is_fresh, require_viewer
from server.edge.api import read_query
from server.edge.errors import status_of
from server.edge.paging import Part
from server.edge.paths import id_in_path
from server.edge.permissions import STAFF, Permission, rank
from server.edge.redirects import see_other
from server.edge.templates import read_form, render
from server.infra.errors import Conflict, DomainError, Forbidden, Invalid
from server.payments.refunds.payers import paid_by

PAGE = "/dashboard/admin/users"
USERS_PER_PAGE = 50
STATUSES = ("active", "suspended", "banned", "closing")
STEPS = {"suspend": "suspended", "ban": "banned", "lift": "active"}
DONE = {
    "warn": "The warning is on its way by mail.",
    "suspend": "The account is suspended, and all its logins have ended.",
    "ban": "The account is banned, and all its logins have ended.",
    "lift": "The account is active again.",
    "roles": "The roles are changed, and all logins have ended.",
}


# --- everybody


async def users(request: web.Request) -> web.StreamResponse:
    """`?q=&role=&status=&page=`."""
    part = Part.asked(request, USERS_PER_PAGE)
    wanted, errors = _filter(request)
    found, total = await accounts.accounts(
        part.offset, part.per_page, q=wanted.q, role=wanted.role, status=wanted.status
    )
    context = {
        "users": found,
        "page": part.of(total),
        "filters": {name: value for name, value in wanted.model_dump().items() if value},
        "errors": errors,
        "roles": ROLES,
        "statuses": STATUSES,
    }
    return render(request, "admin/users.html", context)


def _filter(request: web.Request) -> tuple[UserFilter, dict[str, str]]:
    """What can't be looked for is left out, and said."""
    try:
        return read_query(request, UserFilter), {}
    except Invalid as error:
        return UserFilter(q="", role="", status=""), error_lines(error)


# --- one account


async def user_page(request: web.Request) -> web.StreamResponse:
    return await _page(request)


async def change_standing(request: web.Request) -> web.StreamResponse:
    """Warn, suspend, ban or let in again."""
    sent = await read_form(request)
    actor, public_id = require_viewer(request), id_in_path(request)
    action, reason = str(sent.get("action", "")), str(sent.get("reason", ""))
    try:
        if action == "warn":
            await accounts.warn(actor, public_id, reason)
        elif action in STEPS:
            status = STEPS[action]
            await accounts.change_account(actor, public_id, status=status, roles=None, reason=reason)
        else:
            raise Invalid(fields={"action": "Choose what is to be done."})
    except (Invalid, Forbidden, Conflict) as error:
        return await _page(request, {"reason": reason}, error)
    return see_other(f"{PAGE}/{public_id}?done={action}")


async def change_roles(request: web.Request) -> web.StreamResponse:
    """All boxes at once."""
    sent = await read_form(request)
    actor, public_id = require_viewer(request), id_in_path(request)
    given = sent.get("roles", [])
    roles = set(given) if isinstance(given, list) else {str(given)}
    reason = str(sent.get("roles_reason", ""))
    try:
        await accounts.change_account(actor, public_id, status=None, roles=roles, reason=reason)
    except (Invalid, Forbidden, Conflict) as error:
        return await _page(request, {"roles_reason": reason, "roles": roles}, _of_roles(error))
    return see_other(f"{PAGE}/{public_id}?done=roles")


def _of_roles(error: DomainError) -> DomainError:
    """Two forms of the page ask for a reason: this is the other one's field."""
    if "reason" in error.fields:
        error.fields["roles_reason"] = error.fields.pop("reason")
    return error


async def _page(
    request: web.Request, sent: Mapping[str, Any] | None = None, error: DomainError | None = None
) -> web.Response:
    asking = require_viewer(request)
    file = await accounts.account_file(asking, id_in_path(request))
    context = {
        "file": file,
        "user": file.account,
        "steps": _steps(asking, file),
        "roles": _roles(asking, file),
        "fresh": is_fresh(asking),
        "paid": await paid_by(file.number) if asking.may(Permission.MONEY_REFUND) else [],
        "staff": STAFF,
        "form": sent or {},
        "errors": error_lines(error) if error else {},
        "flash": DONE.get(request.query.get("done", "")),
    }
    return render(request, "admin/user.html", context, status_of(error) if error else 200)


def _stands_above(asking: Viewer, file: AccountFile) -> bool:
    held = file.account.roles
    if file.account.id == asking.public_id or file.account.status == "erased":
        return False
    return "owner" in asking.roles or rank(held) < max(rank(asking.roles), 1)


def _steps(asking: Viewer, file: AccountFile) -> list[str]:
    """The buttons that this person may press, the mildest first."""
    if not _stands_above(asking, file) or not asking.may(Permission.PEOPLE_CHANGE):
        return []
    bans = asking.may(Permission.PEOPLE_BAN)
    status = file.account.status
    if status == "banned":
        return ["lift"] if bans else []
    milder = ["lift"] if status == "suspended" else ["warn", "suspend"]
    return milder + (["ban"] if bans else [])


def _roles(asking: Viewer, file: AccountFile) -> list[str]:
    """The boxes that this person may tick; others stay as they are."""
    if not _stands_above(asking, file) or not asking.may(Permission.PEOPLE_BAN):
        return []
    return [role for role in ROLES if role not in STAFF or asking.may(Permission.ROLES_GRANT)]
