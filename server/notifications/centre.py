"""The notification centre: what a person was told, the newest first, and what of it they have read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from server.infra import clock, db
from server.infra.db import transactional
from server.notifications.acquaintances import faces
from server.notifications.inboxes import lock_inbox, note_read, unread
from server.notifications.kinds import KINDS
from server.notifications.models import Notification
from server.notifications.telling import words_of
from server.notifications.values import read
from server.notifications.waking import wake

# Those of one group stand together, as long as they are all read or all unread.
GROUPS = """
SELECT MAX(seq) AS newest, COUNT(*) AS size FROM notification WHERE user_id = ? {}
GROUP BY CASE WHEN group_key = '' THEN CAST(public_id AS TEXT) ELSE group_key END, read_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it, as the person told may see them; `picture` is an address, or empty."""

    name: str
    picture: str


@dataclass(frozen=True, slots=True)
class NotificationView:
    """What is shown of one notification, or of a group by its newest; `count` is how many they are.

    `starts_at` and `ends_at` are the lesson's it is about, where it is about one."""

    id: UUID
    kind: str
    topic: str
    icon: str
    text: str
    path: str
    read: bool
    created_at: datetime
    actor: Actor | None
    group_key: str
    count: int
    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Known:
    """Up to where somebody knows what they were told: number and id of the last."""

    seq: int
    id: UUID | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which notifications are asked for; without a topic, of all."""

    topic: str = ""
    unread: bool = False


# --- asking


async def groups(
    user_id: int, wanted: Wanted, offset: int, limit: int
) -> tuple[list[NotificationView], int]:
    """A page of the centre, and how many groups there are."""
    grouped, values = _grouped(user_id, wanted)
    asked = await db.fetch(f"{grouped} ORDER BY newest DESC LIMIT ? OFFSET ?", [*values, limit, offset])
    (total,) = await db.fetch(f"SELECT COUNT(*) AS total FROM ({grouped}) AS found", values)
    sizes = {int(row["newest"]): int(row["size"]) for row in asked}
    rows = await Notification.filter(user_id=user_id, seq__in=list(sizes)).order_by("-seq")
    return await _views(user_id, rows, sizes), int(total["total"])


def _grouped(user_id: int, wanted: Wanted) -> tuple[str, list[Any]]:
    conditions = ""
    values: list[Any] = [user_id]
    if wanted.unread:
        conditions += " AND read_at IS NULL"
    if wanted.topic:
        kinds = [kind.name for kind in KINDS.values() if kind.topic.name == wanted.topic]
        conditions += f" AND kind IN ({', '.join('?' * len(kinds)) or 'NULL'})"
        values += kinds
    return GROUPS.format(conditions), values


async def after(user_id: int, seq: int, limit: int) -> list[tuple[int, NotificationView]]:
    """What came after number `seq`, the oldest first, each with its number in the order of commits."""
    rows = await Notification.filter(user_id=user_id, seq__gt=seq).order_by("seq").limit(limit)
    views = await _views(user_id, rows, {})
    return [(row.seq, view) for row, view in zip(rows, views, strict=True)]


async def known(user_id: int, notification_id: UUID) -> Known | None:
    """None for one that is not this person's."""
    row = await Notification.get_or_none(user_id=user_id, public_id=notification_id)
    return Known(row.seq, row.public_id) if row else None


async def newest(user_id: int) -> Known:
    row = await Notification.filter(user_id=user_id).order_by("-seq").first()
    return Known(row.seq, row.public_id) if row else Known(0, None)


async def _views(
    user_id: int, rows: Sequence[Notification], sizes: dict[int, int]
) -> list[NotificationView]:
    actors = await _actors(user_id, {row.actor_id for row in rows if row.actor_id is not None})
    return [_view(row, actors, sizes.get(row.seq, 1)) for row in rows]


async def _actors(user_id: int, actor_ids: Collection[int]) -> dict[int, Actor]:
    found = await faces(user_id, actor_ids)
    return {
        actor_id: Actor(face.name, face.picture_url or "")
        for actor_id, face in found.items()
        if not face.blocked
    }


def _view(row: Notification, actors: dict[int, Actor], count: int) -> NotificationView:
    kind, about = KINDS[row.kind], read(row.about)
    return NotificationView(
        id=row.public_id,
        kind=row.kind,
        topic=kind.topic.name,
        icon=kind.icon,
        text=words_of(row.kind, row.about, count),
        path=row.path,
        read=row.read_at is not None,
        created_at=row.created_at,
        actor=actors.get(row.actor_id) if row.actor_id else None,
        group_key=row.group_key,
        count=count,
        starts_at=about.get("starts_at"),
        ends_at=about.get("ends_at"),
    )


# --- changing


@transactional
async def mark_read(
    user_id: int, *, ids: Collection[UUID] = (), group_key: str = "", everything: bool = False
) -> int:
    """Mark some, those of a group, or everything as read; gives how many are unread then."""
    await lock_inbox(user_id)
    which = Q() if everything else Q(public_id__in=list(ids))
    if group_key:
        which |= Q(group_key=group_key)
    marked = await Notification.filter(which, user_id=user_id, read_at__isnull=True).update(
        read_at=clock.now()
    )
    if marked:
        await note_read(user_id, marked)
        wake(user_id)
    return await unread(user_id)


@transactional
async def part(first_id: int, second_id: int) -> None:
    """One has blocked the other: neither reads of the other in the centre any more."""
    for user_id, actor_id in sorted(((first_id, second_id), (second_id, first_id))):
        await lock_inbox(user_id)
        theirs = Notification.filter(user_id=user_id, actor_id=actor_id)
        await note_read(user_id, await theirs.filter(read_at__isnull=True).count())
        await theirs.delete()
        wake(user_id)
