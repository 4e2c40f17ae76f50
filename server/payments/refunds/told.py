"""An event tells of a refund: it is asked for, and what is seen is applied."""

from __future__ import annotations

from server.payments.models import Payment, StripeEvent
from server.payments.refunds.by_hand import learn
from server.payments.refunds.sending import sync

APPLIED, KNOWN = "applied", "known, or not ours"


async def refund_told(event: StripeEvent) -> str:
    """Says what came of it. Raises GatewayDown."""
    return APPLIED if await sync(event.object_id) else KNOWN


async def charge_refunded(event: StripeEvent) -> str:
    """A part of a charge was given back: by us, or by hand. Raises GatewayDown."""
    payment = await Payment.get_or_none(charge_id=event.object_id)
    return APPLIED if payment is not None and await learn(payment.id) else KNOWN
