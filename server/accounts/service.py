"""What other features may ask of the accounts. The use cases of signing in have files of their own."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from tortoise.expressions import Q

from server.accounts.confirmations import issue_token
from server.accounts.logins import end_all_logins, log_in, viewer_by_cookie, viewer_by_token, viewer_of
from server.accounts.models import RoleGrant, User
from server.accounts.names import clean_name, clean_timezone, same
from server.accounts.registration import (
    account_known,
    checked,
    count_registration,
    create_account,
    hashed_password,
    require_free_username,
)
from server.accounts.values import OPEN_ROLES, ROLES, Account, Client, Registration
from server.edge.access import Viewer
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import Conflict, Forbidden, Invalid, NotFound
from server.infra.transitions import record_transition

__all__ = [
    "Account",
    "Client",
    "Registration",
    "account_known",
    "checked",
    "count_registration",
    "create_account",
    "hashed_password",
    "issue_token",
    "log_in",
    "require_free_username",
    "viewer_by_cookie",
    "viewer_by_token",
]


# --- asking


async def get_viewer(user_id: int) -> Viewer:
    """A person as a viewer without a login (`login_id` 0), for jobs and sockets.

    Raises NotFound."""
    user = await User.get_or_none(id=user_id, status="active").prefetch_related("roles")
    if user is None:
        raise NotFound
    return viewer_of(user, login_id=0)


async def user_by_username(username: str) -> User:
    """An active account.

    Raises NotFound."""
    user = await User.get_or_none(username_key=same(username), status="active").prefetch_related("roles")
    if user is None:
        raise NotFound
    return user


async def users_by_ids(user_ids: Iterable[int]) -> dict[int, User]:
    """Accounts by id, in one query; unknown ids are left out."""
    return {user.id: user for user in await User.filter(id__in=set(user_ids))}


def display_name(user: User) -> str:
    """How a person is called in front of others."""
    return user.name or user.username


async def account(user_id: int) -> Account:
    """Raises NotFound."""
    user = await User.get_or_none(id=user_id).prefetch_related("roles")
    if user is None:
        raise NotFound
    return _account(user)


def _account(user: User) -> Account:
    held = {grant.role for grant in user.roles}
    return Account(
        id=user.public_id,
        username=user.username,
        email=user.email,
        name=user.name,
        roles=tuple(role for role in ROLES if role in held),
        verified=user.email_verified_at is not None,
        timezone=user.timezone,
        status=user.status,
        created_at=user.created_at,
    )


async def count_accounts(role: str = "") -> int:
    """How many active accounts there are, or how many of them hold a role."""
    found = User.filter(status="active")
    return await (found.filter(roles__role=role) if role else found).count()


async def accounts(
    offset: int, limit: int, *, q: str = "", role: str = "", status: str = ""
) -> tuple[list[Account], int]:
    """Accounts for the administration, the newest first, and how many there are in all."""
    found = User.all()
    if q:
        key = same(q)
        found = found.filter(
            Q(username_key__contains=key) | Q(email_key__contains=key) | Q(name__icontains=q)
        )
    if role:
        found = found.filter(roles__role=role)
    if status:
        found = found.filter(status=status)
    users = await found.order_by("-id").offset(offset).limit(limit).prefetch_related("roles")
    return [_account(user) for user in users], await found.count()


# --- changing


@transactional
async def change_profile(user_id: int, *, name: str | None = None, timezone: str | None = None) -> None:
    """Set what is given.

    Raises Invalid."""
    changes: dict[str, str] = {}
    errors: dict[str, str] = {}
    for field, value, rule in (("name", name, clean_name), ("timezone", timezone, clean_timezone)):
        try:
            if value is not None:
                changes[field] = rule(value)
        except ValueError as error:
            errors[field] = str(error)
    if errors:
        raise Invalid(fields=errors)
    if changes:
        await User.filter(id=user_id).update(**changes)


@transactional
async def take_role(user_id: int, role: str) -> None:
    """Give somebody a role that people may choose for themselves.

    Raises Forbidden for any other."""
    if role not in OPEN_ROLES:
        raise Forbidden
    await grant_role(user_id, role)


@transactional
async def grant_role(user_id: int, role: str) -> None:
    """Give a role; nothing happens when it is held already. Called from code alone, never by a form."""
    if role not in ROLES:
        raise ValueError(f"no such role: {role}")
    if not await RoleGrant.filter(user_id=user_id, role=role).exists():
        await RoleGrant.create(user_id=user_id, role=role, created_at=clock.now())


@transactional
async def mark_verified(user_id: int) -> None:
    """Take the address as proven (demo people, invited owners)."""
    await User.filter(id=user_id, email_verified_at__isnull=True).update(email_verified_at=clock.now())


@transactional
async def remember_role(user_id: int, role: str) -> None:
    """Which dashboard this person used last."""
    await User.filter(id=user_id).exclude(last_role=role).update(last_role=role)


async def last_role(viewer: Viewer) -> str:
    """The last used role that is still held; else the first that is held."""
    user = await User.get(id=viewer.user_id)
    if user.last_role in viewer.roles:
        return user.last_role
    return next((role for role in ("mentor", "learner", "admin") if role in viewer.roles), "learner")


@transactional
async def set_status(actor: Viewer, public_id: UUID, status: str, reason: str) -> Account:
    """Suspend, ban or restore an account; what is not active has no logins.

    Raises NotFound, Forbidden, Conflict, Invalid."""
    if status not in {"active", "suspended", "banned"}:
        raise Invalid(fields={"status": "Choose active, suspended or banned."})
    user = await _managed(actor, public_id)
    if user.status != status:
        await record_transition("user", user.id, user.status, status, actor.user_id, reason)
        user.status = status
        await user.save(update_fields=["status"])
        if status != "active":
            await end_all_logins(user.id)
    return _account(user)


@transactional
async def set_roles(actor: Viewer, public_id: UUID, roles: set[str], reason: str) -> Account:
    """Replace the roles of an account. Only owners make or unmake administrators and owners.

    Raises NotFound, Forbidden, Conflict, Invalid."""
    if unknown := roles - set(ROLES):
        raise Invalid(fields={"roles": f"No such role: {', '.join(sorted(unknown))}."})
    user = await _managed(actor, public_id)
    held = {grant.role for grant in user.roles}
    if (held ^ roles) & {"admin", "owner"} and "owner" not in actor.roles:
        raise Forbidden(message="Only an owner can change who administers.")
    if "owner" in held - roles:
        await _require_another_owner(user)
    await RoleGrant.filter(user_id=user.id, role__in=held - roles).delete()
    for role in roles - held:
        await grant_role(user.id, role)
    old, new = (",".join(sorted(names)) for names in (held, roles))
    await record_transition("user_roles", user.id, old, new, actor.user_id, reason)
    return await account(user.id)


async def _managed(actor: Viewer, public_id: UUID) -> User:
    user = await User.get_or_none(public_id=public_id).prefetch_related("roles")
    if user is None:
        raise NotFound
    if user.id == actor.user_id:
        raise Forbidden(message="Nobody changes their own standing.")
    if any(grant.role == "owner" for grant in user.roles) and "owner" not in actor.roles:
        raise Forbidden(message="Only an owner can change an owner.")
    return user


async def _require_another_owner(user: User) -> None:
    others = RoleGrant.filter(role="owner", user__status="active").exclude(user_id=user.id)
    if not await others.exists():
        raise Conflict("last_owner", "There must be an owner.")
