"""The truth about a payment comes from asking the provider; whatever was told is only a reason to ask."""

from __future__ import annotations

from server.payments.checkout.applying import apply_intent
from server.payments.checkout.intending import with_intent
from server.payments.gateway.answers import Charge, Intent
from server.payments.gateway.current import gateway
from server.payments.models import Payment


async def sync_payment(payment_id: int) -> str:
    """Ask, and apply what is seen. Says what came of it. Raises GatewayDown, GatewayRefused."""
    payment = await Payment.get(id=payment_id)
    if payment.method != "card":
        return "paid by credit"
    payment = await with_intent(payment)
    assert payment.provider_id is not None
    return await sync_intent(payment.id, await gateway().intent(payment.provider_id))


async def sync_intent(payment_id: int, seen: Intent) -> str:
    """Apply an intent that was seen, with its charge. Raises GatewayDown, GatewayRefused."""
    return await apply_intent(payment_id, seen, await _charge(seen))


async def _charge(seen: Intent) -> Charge | None:
    if seen.status != "succeeded" or seen.charge_id is None:
        return None
    return await gateway().charge(seen.charge_id)
