"""An event tells of a refund: it is asked for, and what is seen is applied."""

from __future__ import annotations

from server.payments.models import StripeEvent
from server.payments.refunds.sending import sync


async def refund_told(event: StripeEvent) -> str:
    """Says what came of it. Raises GatewayDown."""
    return "applied" if await sync(event.object_id) else "known, or none of ours"
