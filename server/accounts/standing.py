"""An account's standing: its roles and whether it is active. Every change keeps who did it and why, ends
all logins, and is told to the person.

Who may decide is read in the transaction: somebody demoted a moment ago decides nothing any more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from server.accounts.endings import NOT_ALLOWED
from server.accounts.logins import end_all_logins
from server.accounts.models import RoleGrant, User
from server.accounts.roles import grant_role, in_order, roles_of
from server.accounts.values import ROLES, Account
from server.edge.access import Viewer
from server.edge.permissions import STAFF, Permission, may, rank
from server.infra import audit
from server.infra.db import transactional
from server.infra.errors import Conflict, Forbidden, Invalid, NotFound
from server.infra.outbox import enqueue
from server.infra.transitions import record_transition

MOST_REASON = 2000  # characters
# What staff can make of a status, and what it is called in the log and in mails.
DONE: Mapping[str, str] = {"active": "lifted", "suspended": "suspended", "banned": "banned"}


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
        roles=tuple(in_order(held)),
        verified=user.email_verified_at is not None,
        timezone=user.timezone,
        status=user.status,
        created_at=user.created_at,
    )


@dataclass(frozen=True, slots=True)
class _Case:
    """Somebody's account, and who decides about it with which roles and for what reason."""

    user: User
    held: frozenset[str]
    actor_id: int
    powers: frozenset[str]
    reason: str

    def require(self, permission: Permission, words: str) -> None:
        """Raises Forbidden."""
        if not may(self.powers, permission):
            raise Forbidden(message=words)


@transactional
async def change_account(
    actor: Viewer, public_id: UUID, *, status: str | None, roles: set[str] | None, reason: str
) -> Account:
    """What staff change: status, roles, or both at once.

    Raises NotFound, Forbidden, Conflict (`last_owner`), Invalid without a reason."""
    case = await _opened(actor, public_id, reason)
    if roles is not None:
        await _set_roles(case, frozenset(roles))
    if status is not None:
        await _set_status(case, status)
    return await account(case.user.id)


@transactional
async def warn(actor: Viewer, public_id: UUID, reason: str) -> Account:
    """Tell somebody what they must not do again; nothing else changes.

    Raises NotFound, Forbidden, Invalid without a reason."""
    case = await _opened(actor, public_id, reason)
    case.require(Permission.PEOPLE_CHANGE, "Warning people is not yours to do.")
    await record_transition("user_warning", case.user.id, "", "warned", case.actor_id, case.reason)
    await audit.record(case.actor_id, "user.warned", "user", case.user.id, reason=case.reason)
    await _tell(case, "warned")
    return await account(case.user.id)


async def _opened(actor: Viewer, public_id: UUID, reason: str) -> _Case:
    """The account, locked, for somebody who stands above it."""
    if not reason.strip():
        raise Invalid(fields={"reason": "Say why: it is kept, and the person reads it."})
    user = await User.filter(public_id=public_id).exclude(status="erased").select_for_update().first()
    if user is None:
        raise NotFound
    if user.id == actor.user_id:
        raise Forbidden(message="Nobody changes their own standing.")
    held, powers = await roles_of(user.id), await roles_of(actor.user_id)
    if "owner" in held and "owner" not in powers:
        raise Forbidden(message="Only an owner can change an owner.")
    if "owner" not in powers and rank(held) and rank(held) >= rank(powers):
        raise Forbidden(message="Only somebody above them can change this person.")
    return _Case(user, held, actor.user_id, powers, reason.strip()[:MOST_REASON])


async def _set_status(case: _Case, status: str) -> None:
    """What is not active has no logins."""
    if status not in DONE:
        raise Invalid(fields={"status": "Choose active, suspended or banned."})
    old = case.user.status
    if old == status:
        return
    case.require(Permission.PEOPLE_CHANGE, "Suspending people is not yours to do.")
    if "banned" in (old, status):
        case.require(Permission.PEOPLE_BAN, "Banning people is not yours to do.")
    if "owner" in case.held and status != "active":
        await require_another_owner(case.user.id)
    await record_transition("user", case.user.id, old, status, case.actor_id, case.reason)
    await User.filter(id=case.user.id).update(status=status, closes_at=None)
    detail = {"from": old, "to": status}
    action = f"user.{DONE[status]}"
    await audit.record(case.actor_id, action, "user", case.user.id, detail=detail, reason=case.reason)
    if status != "active":
        await end_all_logins(case.user.id, code=NOT_ALLOWED)
    await _tell(case, DONE[status])


async def _set_roles(case: _Case, roles: frozenset[str]) -> None:
    """Replace the roles and end the logins: what a person may do is asked for anew."""
    if unknown := roles - set(ROLES):
        raise Invalid(fields={"roles": f"No such role: {', '.join(sorted(unknown))}."})
    gained, lost = roles - case.held, case.held - roles
    if not gained | lost:
        return
    if (gained | lost) & STAFF:
        case.require(Permission.ROLES_GRANT, "Only an owner can change who administers.")
    if (gained | lost) - STAFF:
        case.require(Permission.PEOPLE_BAN, "Changing roles is not yours to do.")
    if "owner" in lost:
        await require_another_owner(case.user.id)
    await RoleGrant.filter(user_id=case.user.id, role__in=lost).delete()
    for role in gained:
        await grant_role(case.user.id, role)
    await record_roles(case.user.id, case.held, roles, case.actor_id, case.reason)


async def record_roles(
    user_id: int, held: frozenset[str], roles: frozenset[str], actor_id: int, reason: str
) -> None:
    """What follows a change of roles, whichever way it came; call it in its transaction."""
    gained, lost = in_order(roles - held), in_order(held - roles)
    old, new = ",".join(in_order(held)), ",".join(in_order(roles))
    await record_transition("user_roles", user_id, old[:40], new[:40], actor_id, reason)
    detail = {"gained": gained, "lost": lost}
    await audit.record(actor_id, "user.roles", "user", user_id, detail=detail, reason=reason)
    await end_all_logins(user_id)
    payload = {"user_id": user_id, "what": "roles", "reason": reason, "gained": gained, "lost": lost}
    await enqueue("notifications.standing_changed", payload)


async def _tell(case: _Case, what: str) -> None:
    payload = {"user_id": case.user.id, "what": what, "reason": case.reason}
    await enqueue("notifications.standing_changed", payload)


async def require_another_owner(user_id: int) -> None:
    """The owners' rows are locked: two owners who remove each other at once must not both succeed.

    Raises Conflict (`last_owner`)."""
    await RoleGrant.filter(role="owner").order_by("id").select_for_update()
    others = RoleGrant.filter(role="owner", user__status="active").exclude(user_id=user_id)
    if not await others.exists():
        raise Conflict("last_owner", "There must be an owner.")
