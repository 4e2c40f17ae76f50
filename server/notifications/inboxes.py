"""The counters of the notification centre. Everything that changes them holds the person's row first."""

from __future__ import annotations

from tortoise.expressions import F

from server.infra import db
from server.notifications.models import Inbox

NUMBER = """
UPDATE inbox SET last_seq = last_seq + 1, unread = unread + 1 WHERE user_id = ? RETURNING last_seq
"""


async def lock_inbox(user_id: int) -> None:
    """One at a time for each person, so that numbers have the order of commits."""
    await Inbox.bulk_create([Inbox(user_id=user_id)], ignore_conflicts=True)
    await Inbox.filter(user_id=user_id).select_for_update().get()


async def next_number(user_id: int) -> int:
    """The number of one more unread notification; the inbox is locked."""
    (row,) = await db.fetch(NUMBER, [user_id])
    return int(row["last_seq"])


async def note_read(user_id: int, count: int) -> None:
    """So many fewer are unread; the inbox is locked."""
    await Inbox.filter(user_id=user_id).update(unread=F("unread") - count)


async def unread(user_id: int) -> int:
    row = await Inbox.get_or_none(user_id=user_id)
    return row.unread if row else 0
