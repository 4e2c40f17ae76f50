"""The first owner, who is made on the command line; owners make others."""

from __future__ import annotations

import contextlib
import re
import secrets
from collections.abc import Callable

from tortoise.exceptions import IntegrityError

from server.accounts.lookup import by_email
from server.accounts.models import RoleGrant, User
from server.accounts.registration import checked, create_account, hashed_password
from server.accounts.roles import grant_role, roles_of
from server.accounts.values import Registration
from server.edge.access import DEMO_DOMAIN
from server.infra import audit, clock
from server.infra.db import transactional
from server.infra.errors import Conflict


async def make_owner(email: str, read_password: Callable[[], str]) -> bool:
    """Make who has this address the first owner, or a new account with it; True when it was made.

    `read_password` is asked for a new account alone. Raises Conflict when there is an owner, Invalid."""
    user = await by_email(email)
    if user is not None and "owner" in await roles_of(user.id):
        return False
    await _require_no_owner()
    created = user is None
    if user is None:
        user = await _new_owner(email, read_password())
    await _crown(user.id)
    return created


@transactional
async def _crown(user_id: int) -> None:
    await _require_no_owner()
    for role in ("admin", "owner"):
        await grant_role(user_id, role)
    await audit.record(None, "owner.created", "user", user_id)


async def _require_no_owner() -> None:
    """The demo's does not count: its password is public, and it is there on this machine alone."""
    owners = RoleGrant.filter(role="owner").exclude(user__email__endswith=DEMO_DOMAIN)
    first = await owners.select_related("user").order_by("id").first()
    if first is not None:
        words = f"There is an owner already: {first.user.username}. Owners make others."
        raise Conflict("owner_exists", words)


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
