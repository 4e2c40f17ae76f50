"""Events are looked into, and those that never came are fetched."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog

from server.booking.paying import taking_payments
from server.infra.outbox import Lane, job, periodic
from server.payments.gateway.answers import GatewayDown
from server.payments.webhook.taking import EVENT, look_into, take_missed

log = structlog.get_logger()


@job(EVENT, lane=Lane.MONEY)
async def event(payload: dict[str, Any]) -> None:
    await look_into(str(payload["event_id"]))


@periodic("payments.missed_events", every=timedelta(minutes=10), lane=Lane.MONEY)
async def missed_events(payload: dict[str, Any]) -> None:
    """What the network lost, or came while we were away."""
    if not taking_payments():
        return
    try:
        missed = await take_missed()
    except GatewayDown as down:
        log.warning("events can't be fetched: the provider is away", why=down.why)
        return
    if missed:
        log.warning("events were told that never came", count=missed)
