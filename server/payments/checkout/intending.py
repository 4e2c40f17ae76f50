"""A payment's intent at the provider: made once, under the key that was written with the payment."""

from __future__ import annotations

import asyncio

import structlog

from server.booking.models import Booking
from server.infra.clock import now
from server.infra.db import transactional
from server.infra.errors import Invalid
from server.payments.checkout.moving import move_payment
from server.payments.gateway.answers import GatewayDown, GatewayRefused, Intent
from server.payments.gateway.current import gateway
from server.payments.locking import locked_payment, subject_of
from server.payments.models import Payment
from server.payments.states import PaymentStatus

PATIENCE_S = 5.0  # from its beginning, for the intent that another request is just making
LOOK_AGAIN_S = 0.05
TOO_SMALL = "amount_too_small"

log = structlog.get_logger()


async def with_intent(payment: Payment) -> Payment:
    """The payment with its intent, which is made now if it has none. However often it is asked for under
    its key, it is one.

    Raises GatewayDown, Invalid where the provider takes no such price."""
    if payment.provider_id is not None:
        return payment
    return await store_intent(payment.id, await _create(payment))


async def with_awaited_intent(payment: Payment) -> Payment:
    """As `with_intent`, where another request wrote the payment: it is making the intent, unless it was
    lost. The provider refuses two at once under one key."""
    loop, age_s = asyncio.get_running_loop(), (now() - payment.created_at).total_seconds()
    deadline = loop.time() + PATIENCE_S - age_s
    while payment.provider_id is None and payment.status == PaymentStatus.CREATED:
        if loop.time() > deadline:
            return await with_intent(payment)
        await asyncio.sleep(LOOK_AGAIN_S)
        await payment.refresh_from_db()
    return payment


@transactional
async def store_intent(payment_id: int, seen: Intent) -> Payment:
    """The first one that is stored stays."""
    payment = await locked_payment(payment_id)
    if payment.provider_id is None:
        payment.provider_id, payment.client_secret = seen.id, seen.client_secret
        await payment.save(update_fields=["provider_id", "client_secret"])
    return payment


async def _create(payment: Payment) -> Intent:
    booking = await Booking.get(id=payment.booking_id)
    try:
        return await gateway().create_intent(
            payment.amount_minor,
            payment.currency,
            key=payment.provider_key,
            metadata={"payment": str(payment.public_id), "booking": str(booking.public_id)},
            group=subject_of(payment.id),
        )
    except GatewayRefused as refused:
        if refused.code != TOO_SMALL:
            log.error("the provider makes no intent", payment=payment.id, code=refused.code)
            raise GatewayDown(str(refused)) from refused
        await _too_small(payment.id, str(refused))
        message = "The payment service takes no payment as small as this price."
        raise Invalid(message=message, fields={"price_minor": str(refused)}) from refused


@transactional
async def _too_small(payment_id: int, why: str) -> None:
    await move_payment(await locked_payment(payment_id), PaymentStatus.CANCELLED, failure=why[:300])
