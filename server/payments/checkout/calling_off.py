"""A payment that is not wanted any more is called off with the provider, unless it was quicker."""

from __future__ import annotations

from server.infra.errors import Invalid
from server.payments.checkout.intending import with_intent
from server.payments.checkout.syncing import sync_intent
from server.payments.gateway.answers import GatewayRefused
from server.payments.gateway.current import gateway
from server.payments.models import Payment
from server.payments.states import UNPAID

CREDIT = "credit"


async def call_off(payment_id: int) -> str:
    """The intent can't be paid any more; if it was paid meanwhile that is applied, as always. Also of a
    payment that was paid by credit. Raises GatewayDown."""
    payment = await Payment.get(id=payment_id)
    if payment.status not in UNPAID and payment.method != CREDIT:
        return "settled"
    try:
        payment = await with_intent(payment)
    except Invalid:
        return "never begun"
    assert payment.provider_id is not None
    try:
        seen = await gateway().cancel_intent(payment.provider_id)
    except GatewayRefused:  # it has succeeded, or is just about to
        seen = await gateway().intent(payment.provider_id)
    return await sync_intent(payment.id, seen)
