"""An event tells of a dispute: it is asked for, and what is seen is applied."""

from __future__ import annotations

import structlog

from server.payments.checkout.syncing import sync_payment
from server.payments.disputes.applying import apply_dispute
from server.payments.gateway.current import gateway
from server.payments.models import Dispute, Payment, StripeEvent
from server.payments.states import PAID, DisputeStatus

AT_ONCE = 100  # of one sweep

log = structlog.get_logger()


async def dispute_told(event: StripeEvent) -> str:
    """Any of `charge.dispute.*`. Raises GatewayDown."""
    return await sync_dispute(event.object_id)


async def sync_dispute(provider_id: str) -> str:
    """Ask how it stands, and apply it; a payment of which we have not heard yet is asked for first.

    Says what came of it. Raises GatewayDown."""
    seen = await gateway().dispute(provider_id)
    payment = await Payment.get_or_none(provider_id=seen.intent_id)
    if payment is None:
        log.error("a dispute about no payment of ours", dispute=seen.id, intent=seen.intent_id)
        return "about no payment of ours"
    if payment.status not in PAID:
        await sync_payment(payment.id)
    return await apply_dispute(payment.id, seen)


async def sweep() -> None:
    """Ask about those that are open: what was told may have been lost."""
    open_ones = Dispute.filter(status=DisputeStatus.OPEN).order_by("opened_at").limit(AT_ONCE)
    for provider_id in await open_ones.values_list("provider_id", flat=True):
        await sync_dispute(str(provider_id))
