"""Events are taken once each, however often and by whatever way they come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from server.infra import db
from server.infra.clock import now
from server.infra.db import transactional
from server.infra.outbox import enqueue
from server.payments.gateway.answers import GatewayRefused, Told
from server.payments.gateway.current import gateway
from server.payments.models import StripeEvent
from server.payments.webhook.handlers import HANDLERS

EVENT = "payments.event"
# Who is second waits for the first's end, and then changes nothing.
TAKE = """INSERT INTO stripe_event
    (id, kind, account, object_id, created_at, received_at, outcome) VALUES (?, ?, ?, ?, ?, ?, '')
    ON CONFLICT DO NOTHING"""
OVERLAP = timedelta(hours=1)  # before the newest event that we know: some come late
FIRST_LOOK = timedelta(days=1)  # where we know of none
AT_ONCE = 100

log = structlog.get_logger()


@transactional
async def take(told: Told) -> bool:
    """Keep an event, and look into it by a job. False where it is known."""
    values = (told.id, told.kind, told.account, told.object_id, told.created_at, now())
    if not await db.execute(TAKE, values):
        return False
    await enqueue(EVENT, {"event_id": told.id})
    return True


async def look_into(event_id: str) -> None:
    """Do what its kind asks for, and write down what came of it. Raises GatewayDown."""
    event = await StripeEvent.get(id=event_id)
    if event.handled_at is not None:
        return
    outcome = await _outcome(event)
    waiting = StripeEvent.filter(id=event_id, handled_at__isnull=True)
    await waiting.update(handled_at=now(), outcome=outcome[:200])


async def _outcome(event: StripeEvent) -> str:
    handler = HANDLERS.get(event.kind)
    if handler is None:
        return "ignored"
    try:
        return await handler(event)
    except GatewayRefused as refused:
        log.warning("an event could not be looked into", event_id=event.id, code=refused.code)
        return f"refused: {refused.code}"


async def take_missed() -> int:
    """Take what was told and never came; gives how many there were. Raises GatewayDown."""
    missed, some = 0, list[Told]()
    async for told in gateway().events(await _since()):
        some.append(told)
        if len(some) == AT_ONCE:
            missed, some = missed + await _take_unknown(some), []
    return missed + await _take_unknown(some)


async def _since() -> datetime:
    newest = await StripeEvent.all().order_by("-received_at").first()
    return newest.created_at - OVERLAP if newest else now() - FIRST_LOOK


async def _take_unknown(told: Sequence[Told]) -> int:
    known = {event.id for event in await StripeEvent.filter(id__in=[each.id for each in told])}
    return sum([await take(each) for each in told if each.id not in known])
