"""What somebody was told, by which channel, when, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tortoise.queryset import QuerySet

from server.notifications.digests import KIND as DIGEST
from server.notifications.kinds import topic_of
from server.notifications.models import Delivery
from server.notifications.routing import Refusal


@dataclass(frozen=True, slots=True)
class Told:
    """One telling by one channel. `detail` says why it was not sent, or what failed."""

    at: datetime
    kind: str
    topic: str
    channel: str
    subject: str
    status: str
    detail: str
    due_at: datetime | None
    sent_at: datetime | None
    message_id: str


async def own_history(user_id: int, offset: int, limit: int) -> tuple[list[Told], int]:
    """A page of a person's own log, the newest first, and how long it is. Nobody learns here who has
    blocked them."""
    rows = Delivery.filter(user_id=user_id).exclude(kind=DIGEST, status="suppressed")
    return await _page(rows.exclude(detail=Refusal.BLOCKED), offset, limit)


async def evidence(user_id: int, offset: int, limit: int) -> tuple[list[Told], int]:
    """A page of all there is, for who has to find out whether somebody was told."""
    return await _page(Delivery.filter(user_id=user_id), offset, limit)


async def _page(rows: QuerySet[Delivery], offset: int, limit: int) -> tuple[list[Told], int]:
    found = await rows.order_by("-created_at", "-id").offset(offset).limit(limit)
    return [_told(row) for row in found], await rows.count()


def _told(row: Delivery) -> Told:
    return Told(
        at=row.created_at,
        kind=row.kind,
        topic=topic_of(row.kind).title,
        channel=row.channel,
        subject=row.subject,
        status=row.status,
        detail=row.detail,
        due_at=row.due_at,
        sent_at=row.sent_at,
        message_id=row.message_id,
    )
