"""Tells people things as features do, and looks at what became of it."""

from __future__ import annotations

from typing import Any

from server.infra import db
from server.notifications.models import Delivery, Inbox, Notification
from server.notifications.service import notify
from server.worker import run_due


@db.transactional
async def tell(user_id: int, kind: str = "new_follower", key: str = "1", **options: Any) -> None:
    about = options.pop("about", {"follower": "Lea", "title": "Loops", "mentor": "Mira"})
    await notify(user_id, kind, about, **{"path": "/profile/lea", "dedupe_key": key, **options})


async def told(user_id: int, kind: str = "new_follower", **options: Any) -> None:
    """Told, and all that is due done."""
    await tell(user_id, kind, **options)
    await run_due()


async def numbers(user_id: int) -> list[int]:
    rows = await Notification.filter(user_id=user_id).order_by("id")
    return [row.seq for row in rows]


async def statuses(user_id: int, kind: str = "new_follower") -> dict[str, str]:
    """What became of it, by channel; why, where it was not sent."""
    rows = await Delivery.filter(user_id=user_id, kind=kind)
    return {row.channel: row.detail if row.status == "suppressed" else row.status for row in rows}


async def counts_agree(user_id: int) -> int:
    """How many are unread, which is what the inbox says."""
    inbox = await Inbox.get(user_id=user_id)
    assert inbox.unread == await Notification.filter(user_id=user_id, read_at__isnull=True).count()
    return inbox.unread
