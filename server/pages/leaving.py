"""Leaving for good: first what others rely on is given up, then the account closes, and two weeks later
what is personal goes."""

from __future__ import annotations

from datetime import datetime

import structlog

from server.accounts import closing
from server.booking.obligations import obligations
from server.infra.db import transactional
from server.infra.errors import Conflict
from server.pages.personal_data import PARTS

FIRST = "Others rely on you: first cancel {}. You find them on your desk."

log = structlog.get_logger()


@transactional
async def leave(user_id: int) -> datetime:
    """Close the account; returns when what is personal goes.

    Raises Conflict (`obligations`, `last_owner`)."""
    if owed := await obligations(user_id):
        raise Conflict("obligations", FIRST.format(_counted([one.kind for one in owed])))
    return await closing.close_account(user_id)


def _counted(kinds: list[str]) -> str:
    """`2 sessions and 1 booking`."""
    counts = {kind: kinds.count(kind) for kind in ("session", "booking")}
    return " and ".join(
        f"{count} coming {kind}{'s' if count > 1 else ''}" for kind, count in counts.items() if count
    )


async def erase_due() -> None:
    """Make nobody's whose two weeks are over; one that fails is tried again, and keeps nobody up."""
    for user_id in await closing.due_to_close():
        try:
            await _erase(user_id)
        except Exception:
            log.exception("an account could not be erased", user_id=user_id)


@transactional
async def _erase(user_id: int) -> None:
    """All features or none: who is killed in between has done nothing, and begins anew."""
    if not await closing.lock_closing(user_id):
        return
    if await obligations(user_id):
        log.warning("an account is not erased: others still rely on it", user_id=user_id)
        return
    for part in PARTS:
        await part.erase(user_id)
