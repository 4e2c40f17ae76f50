"""Leaving: an account closes at once, and for two weeks logging in takes that back."""

from __future__ import annotations

from datetime import datetime, timedelta

from server.accounts.logins import end_all_logins
from server.accounts.models import RoleGrant, User
from server.accounts.standing import require_another_owner
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import Conflict
from server.infra.outbox import enqueue
from server.infra.transitions import record_transition

GRACE = timedelta(days=14)
AT_ONCE = 50  # accounts that one run of the job makes nobody's


@transactional
async def close_account(user_id: int) -> datetime:
    """Nobody finds the person any more, and all logins end. Returns when what is personal goes.

    Raises Conflict (`last_owner`, `wrong_state`)."""
    if await RoleGrant.filter(user_id=user_id, role="owner").exists():
        await require_another_owner(user_id)
    closes_at = clock.now() + GRACE
    open_account = User.filter(id=user_id, status="active")
    if not await open_account.update(status="closing", closes_at=closes_at):
        raise Conflict(message="This account is not open.")
    await record_transition("user", user_id, "active", "closing", user_id)
    await end_all_logins(user_id)
    await enqueue("people.mail_closing", {"user_id": user_id, "closes_at": closes_at.isoformat()})
    return closes_at


@transactional
async def due_to_close() -> list[int]:
    """Whose two weeks are over, who left first coming first."""
    over = User.filter(status="closing", closes_at__lte=clock.now()).order_by("closes_at")
    return [row["id"] for row in await over.limit(AT_ONCE).values("id")]


async def lock_closing(user_id: int) -> bool:
    """Whether the account may be made nobody's now; until the transaction ends nobody logs in."""
    closing = User.filter(id=user_id, status="closing", closes_at__lte=clock.now())
    return bool(await closing.update(status="closing"))
