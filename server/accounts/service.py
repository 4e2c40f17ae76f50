"""What other features may ask of the accounts. The use cases of signing in have files of their own."""

from __future__ import annotations

from collections.abc import Iterable

from tortoise.expressions import Q

from server.accounts.confirmations import issue_token
from server.accounts.endings import Ended, follows_ended_logins
from server.accounts.figures import joined_since
from server.accounts.files import account_file
from server.accounts.invitations import (
    invitation_to_send,
    invitations,
    invite,
    revoke_invitation,
)
from server.accounts.logins import viewer_by_cookie, viewer_by_token, viewer_of, working_login
from server.accounts.lookup import by_username
from server.accounts.models import User
from server.accounts.names import clean_name, clean_timezone, same
from server.accounts.owners import make_owner
from server.accounts.registration import (
    account_known,
    checked,
    count_registration,
    create_account,
    hashed_password,
    require_free_username,
)
from server.accounts.roles import grant_role
from server.accounts.second_factor import forget_second_factor
from server.accounts.standing import account, change_account, shown, warn
from server.accounts.values import OPEN_ROLES, Account, Client, Registration
from server.edge.access import Viewer
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import Forbidden, Invalid, NotFound
from server.infra.folding import searchable

__all__ = [
    "Account",
    "Client",
    "Ended",
    "Registration",
    "account",
    "account_file",
    "account_known",
    "change_account",
    "checked",
    "count_registration",
    "create_account",
    "follows_ended_logins",
    "forget_second_factor",
    "grant_role",
    "hashed_password",
    "invitation_to_send",
    "invitations",
    "invite",
    "issue_token",
    "joined_since",
    "make_owner",
    "require_free_username",
    "revoke_invitation",
    "viewer_by_cookie",
    "viewer_by_token",
    "warn",
    "working_login",
]


# --- asking


async def get_viewer(user_id: int) -> Viewer:
    """A person as a viewer without a login (`login_id` 0), for jobs and sockets.

    Raises NotFound."""
    user = await User.get_or_none(id=user_id, status="active")
    if user is None:
        raise NotFound
    return await viewer_of(user, None)


async def user_by_username(username: str) -> User:
    """An active account.

    Raises NotFound."""
    user = await by_username(username)
    if user is None or user.status != "active":
        raise NotFound
    await user.fetch_related("roles")
    return user


async def id_by_username(username: str) -> int | None:
    """Whose username this is, in any spelling, whether or not the account is active."""
    user = await by_username(username)
    return user.id if user else None


async def users_by_ids(user_ids: Iterable[int]) -> dict[int, User]:
    """Accounts by id, in one query; unknown ids are left out."""
    return {user.id: user for user in await User.filter(id__in=set(user_ids))}


async def active_among(user_ids: Iterable[int]) -> set[int]:
    """Those of these people who have not been suspended or banned."""
    return {user.id for user in await User.filter(id__in=set(user_ids), status="active").only("id")}


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
    return [shown(user) for user in users], await found.count()


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
    if "name" in changes:
        changes["name_words"] = searchable(changes["name"])
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
async def mark_verified(user_id: int) -> None:
    """Take the address as proven (demo people, invited owners)."""
    await User.filter(id=user_id, email_verified_at__isnull=True).update(email_verified_at=clock.now())


async def remember_role(user_id: int, role: str) -> None:
    """Which dashboard this person used last. It mostly is the same: then nothing is written or locked."""
    other = User.filter(id=user_id).exclude(last_role=role)
    if await other.exists():
        await other.update(last_role=role)


async def last_role(viewer: Viewer) -> str:
    """Whose desk was used last, if it is still theirs; else the first that is. "admin" is all staff's."""
    user = await User.get(id=viewer.user_id)
    held = viewer.roles | ({"admin"} if viewer.is_staff else set())
    if user.last_role in held:
        return user.last_role
    return next((role for role in ("mentor", "learner", "admin") if role in held), "learner")
