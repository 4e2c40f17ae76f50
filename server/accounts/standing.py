"""An account's standing: its roles and whether it is active. Every change keeps who did it and why."""

from __future__ import annotations

import contextlib
import re
import secrets
from collections.abc import Callable
from uuid import UUID

from tortoise.exceptions import IntegrityError

from server.accounts.endings import NOT_ALLOWED
from server.accounts.logins import end_all_logins
from server.accounts.lookup import by_email
from server.accounts.models import RoleGrant, User
from server.accounts.registration import checked, create_account, hashed_password
from server.accounts.values import ROLES, Account, Registration
from server.edge.access import Viewer
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import Conflict, Forbidden, Invalid, NotFound
from server.infra.transitions import record_transition


async def account(user_id: int) -> Account:
    """Raises NotFound."""
    user = await User.get_or_none(id=user_id).prefetch_related("roles")
    if user is None:
        raise NotFound
    return shown(user)


def shown(user: User) -> Account:
    """An account as a value; its roles must be fetched."""
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


@transactional
async def grant_role(user_id: int, role: str) -> None:
    """Give a role; nothing happens when it is held already. Called from code alone, never by a form."""
    if role not in ROLES:
        raise ValueError(f"no such role: {role}")
    if not await RoleGrant.filter(user_id=user_id, role=role).exists():
        await RoleGrant.create(user_id=user_id, role=role, created_at=clock.now())


@transactional
async def change_account(
    actor: Viewer, public_id: UUID, *, status: str | None, roles: set[str] | None, reason: str
) -> Account:
    """What administrators change: status, roles, or both at once.

    Raises NotFound, Forbidden, Conflict, Invalid without a reason."""
    if not reason.strip():
        raise Invalid(fields={"reason": "Say why: it is kept."})
    if roles is not None:
        await set_roles(actor, public_id, roles, reason.strip())
    if status is not None:
        await set_status(actor, public_id, status, reason.strip())
    user = await User.get_or_none(public_id=public_id)
    if user is None:
        raise NotFound
    return await account(user.id)


@transactional
async def set_status(actor: Viewer, public_id: UUID, status: str, reason: str) -> Account:
    """Suspend, ban or restore an account; what is not active has no logins.

    Raises NotFound, Forbidden, Conflict, Invalid."""
    if status not in {"active", "suspended", "banned"}:
        raise Invalid(fields={"status": "Choose active, suspended or banned."})
    user = await _managed(actor, public_id)
    if user.status != status:
        if any(grant.role == "owner" for grant in user.roles) and status != "active":
            await require_another_owner(user.id)
        await record_transition("user", user.id, user.status, status, actor.user_id, reason)
        user.status = status
        await user.save(update_fields=["status"])
        if status != "active":
            await end_all_logins(user.id, code=NOT_ALLOWED)
    return shown(user)


@transactional
async def set_roles(actor: Viewer, public_id: UUID, roles: set[str], reason: str) -> Account:
    """Replace the roles of an account and end its logins. Only owners make or unmake administrators.

    Raises NotFound, Forbidden, Conflict, Invalid."""
    if unknown := roles - set(ROLES):
        raise Invalid(fields={"roles": f"No such role: {', '.join(sorted(unknown))}."})
    user = await _managed(actor, public_id)
    held = {grant.role for grant in user.roles}
    if (held ^ roles) & {"admin", "owner"} and "owner" not in actor.roles:
        raise Forbidden(message="Only an owner can change who administers.")
    if "owner" in held - roles:
        await require_another_owner(user.id)
    await RoleGrant.filter(user_id=user.id, role__in=held - roles).delete()
    for role in roles - held:
        await grant_role(user.id, role)
    old, new = (",".join(sorted(names)) for names in (held, roles))
    await record_transition("user_roles", user.id, old, new, actor.user_id, reason)
    if held != roles:
        await end_all_logins(user.id)
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


async def require_another_owner(user_id: int) -> None:
    """The owners' rows are locked: two owners who remove each other at once must not both succeed.

    Raises Conflict (`last_owner`)."""
    await RoleGrant.filter(role="owner").order_by("id").select_for_update()
    others = RoleGrant.filter(role="owner", user__status="active").exclude(user_id=user_id)
    if not await others.exists():
        raise Conflict("last_owner", "There must be an owner.")


async def make_owner(email: str, read_password: Callable[[], str]) -> bool:
    """Make an owner of who has this address, or a new account with it; True when it was made.

    `read_password` is asked for a new account alone. Raises Invalid."""
    user = await by_email(email)
    created = user is None
    if user is None:
        user = await _new_owner(email, read_password())
    for role in ("admin", "owner"):
        await grant_role(user.id, role)
    return created


async def _new_owner(email: str, password: str) -> User:
    """An account whose username is made from the address; the address counts as proven."""
    local = re.sub(r"[^A-Za-z0-9]", "", email.partition("@")[0])[:20] or "owner"
    for username in (local, f"{local}-{secrets.token_hex(3)}"):
        with contextlib.suppress(IntegrityError):
            clean = checked(Registration(email, username.ljust(3, "0"), password, "learner"))
            user_id = await create_account(clean, await hashed_password(clean))
            await User.filter(id=user_id).update(email_verified_at=clock.now())
            return await User.get(id=user_id)
    raise Conflict(message="No username could be made for this address.")
