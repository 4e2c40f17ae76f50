"""When a delivery goes out, and whether it is still wanted. Called inside of transactions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from server.infra import clock
from server.infra.outbox import enqueue
from server.notifications.acquaintances import blocked
from server.notifications.kinds import KINDS, Channel, Kind
from server.notifications.models import Delivery
from server.notifications.routing import Refusal, due, is_digested, is_late, refusal
from server.notifications.values import Recipient, read

DELIVER, PUSH_OUT, DIGEST = "notifications.deliver", "notifications.push", "notifications.digest"


async def plan(delivery: Delivery, to: Recipient) -> bool:
    """Set when it goes out; True where that is now, else its job is written."""
    kind, channel, now = KINDS[delivery.kind], Channel(delivery.channel), clock.now()
    delivery.due_at = due(kind, channel, to, max(now, _earliest(delivery, kind)))
    await delivery.save(update_fields=["due_at"])
    if is_digested(kind, channel, to):
        await expect_digest(to.user_id, delivery.due_at)
        return False
    if delivery.due_at > now:
        await expect(delivery)
    return delivery.due_at <= now


def _earliest(delivery: Delivery, kind: Kind) -> datetime:
    """A mail may have to give its reader some time."""
    waits = kind.mail_after if delivery.channel == Channel.MAIL else timedelta(0)
    return delivery.created_at + waits


async def expect(delivery: Delivery) -> None:
    """Have it go out when it is due."""
    payload = {"delivery_id": delivery.id}
    job = PUSH_OUT if delivery.channel == Channel.PUSH else DELIVER
    await enqueue(job, payload, run_at=delivery.due_at, cause=delivery.cause or None)


async def expect_digest(user_id: int, due_at: datetime) -> None:
    """One job for each digest, however much goes into it."""
    key = f"digest:{user_id}:{due_at.isoformat()}"
    await enqueue(DIGEST, {"user_id": user_id}, run_at=due_at, dedupe_key=key)


async def refused_now(delivery: Delivery, to: Recipient) -> Refusal | None:
    """What is wanted at the moment of sending counts, not what was wanted when it was planned."""
    actor_id = delivery.about.get("actor_id")
    barred = await blocked(to.user_id, actor_id if isinstance(actor_id, int) else None)
    if is_late(KINDS[delivery.kind], read(delivery.about), clock.now()):
        return Refusal.LATE
    return refusal(KINDS[delivery.kind], Channel(delivery.channel), to, blocked=barred)


async def suppress(delivery_ids: Iterable[int], why: Refusal) -> None:
    await Delivery.filter(id__in=list(delivery_ids)).update(status="suppressed", detail=why)
