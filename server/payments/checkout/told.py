"""Events about intents and charges: a reason to look at their payment."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from server.payments.checkout.intending import store_intent
from server.payments.checkout.syncing import sync_intent, sync_payment
from server.payments.gateway.answers import GatewayRefused
from server.payments.gateway.current import gateway
from server.payments.models import Payment, StripeEvent

NOT_OURS = "not ours"


async def intent_told(event: StripeEvent) -> str:
    """Raises GatewayDown."""
    payment = await Payment.get_or_none(provider_id=event.object_id)
    if payment is not None and payment.method == "card":
        return await sync_payment(payment.id)
    return await _unknown_intent(event.object_id)


async def charge_told(event: StripeEvent) -> str:
    """Fees come to be known after the payment. What has no charge yet hears of its intent."""
    payment = await Payment.get_or_none(charge_id=event.object_id)
    return await sync_payment(payment.id) if payment is not None else NOT_OURS


async def _unknown_intent(intent_id: str) -> str:
    """Told before its id was stored, or a second one of a payment. Raises GatewayDown."""
    try:
        seen = await gateway().intent(intent_id)
    except GatewayRefused:
        return NOT_OURS
    payment = await _named_in(seen.metadata)
    if payment is None:
        return NOT_OURS
    await store_intent(payment.id, seen)
    return await sync_intent(payment.id, seen)


async def _named_in(metadata: Mapping[str, str]) -> Payment | None:
    try:
        return await Payment.get_or_none(public_id=UUID(metadata.get("payment", "")))
    except ValueError:
        return None
