"""A learner's own payment, looked at now: nobody waits for the provider to tell."""

from __future__ import annotations

from uuid import UUID

from server.edge.access import Viewer
from server.infra.errors import NotFound
from server.payments.checkout.syncing import sync_payment
from server.payments.gateway.answers import GatewayDown, GatewayRefused
from server.payments.models import Payment
from server.payments.states import PAID


async def own_payment(payment_id: UUID, viewer: Viewer) -> Payment:
    """Raises NotFound."""
    payment = await Payment.get_or_none(public_id=payment_id, learner_id=viewer.user_id)
    if payment is None:
        raise NotFound(message="There is no such payment.")
    return payment


async def check_payment(payment_id: UUID, viewer: Viewer) -> Payment:
    """The payment as the provider sees it now. Raises NotFound, GatewayDown."""
    payment = await own_payment(payment_id, viewer)
    if payment.status not in PAID:
        try:
            await sync_payment(payment.id)
        except GatewayRefused as refused:
            raise GatewayDown(str(refused)) from refused
        await payment.refresh_from_db()
    return payment
