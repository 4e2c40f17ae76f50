"""Roles that an account holds, read and written inside a transaction of whoever decides about them."""

from __future__ import annotations

from server.accounts.models import RoleGrant
from server.accounts.values import ROLES
from server.edge.permissions import Permission, holders
from server.infra import clock
from server.infra.db import transactional


async def roles_of(user_id: int) -> frozenset[str]:
    """As the database has them now: a request's viewer may be older."""
    return frozenset(grant.role for grant in await RoleGrant.filter(user_id=user_id))


@transactional
async def grant_role(user_id: int, role: str) -> None:
    """Give a role; nothing happens when it is held already. Called from code alone, never by a form."""
    if role not in ROLES:
        raise ValueError(f"no such role: {role}")
    if not await RoleGrant.filter(user_id=user_id, role=role).exists():
        await RoleGrant.create(user_id=user_id, role=role, created_at=clock.now())


async def people_with(permission: Permission) -> list[int]:
    """Who of the staff has it, and may sign in."""
    grants = RoleGrant.filter(role__in=holders(permission), user__status="active")
    return sorted({grant.user_id for grant in await grants})


def in_order(roles: frozenset[str] | set[str]) -> list[str]:
    """As they are always listed."""
    return [role for role in ROLES if role in roles]
