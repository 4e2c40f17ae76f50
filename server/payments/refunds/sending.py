"""A refund is sent to the provider under its own key, and asked about until it is settled."""

from __future__ import annotations

from datetime import timedelta

from server.infra.clock import now
from server.infra.outbox import enqueue
from server.payments.checkout import strays
from server.payments.gateway.answers import KEYS_LAST, GatewayRefused, RefundSeen
from server.payments.gateway.current import gateway
from server.payments.models import Payment, Refund
from server.payments.refunds.applying import apply, refuse
from server.payments.refunds.by_hand import learn, ours
from server.payments.refunds.deciding import SEND
from server.payments.states import RefundStatus

PATIENCE = timedelta(minutes=15)  # after which what its job did not do is done by the sweep
AT_ONCE = 100  # of one sweep


async def send(refund_id: int) -> None:
    """Ask for it, once however often this is called. Raises GatewayDown."""
    refund = await Refund.get_or_none(id=refund_id, status=RefundStatus.CREATED)
    if refund is None:
        return
    payment = await Payment.get(id=refund.payment_id)
    try:
        seen = await _sent_before(payment, refund) or await _ask(payment, refund)
    except GatewayRefused as refused:
        await learn(payment.id)  # somebody may have given it back by hand
        await refuse(refund.id, refused)
    else:
        await apply(refund.id, seen)


async def _ask(payment: Payment, refund: Refund) -> RefundSeen:
    assert payment.provider_id is not None
    told = {"refund": str(refund.public_id), "payment": str(payment.public_id)}
    return await gateway().refund(
        payment.provider_id, refund.amount_minor, key=refund.provider_key, metadata=told
    )


async def _sent_before(payment: Payment, refund: Refund) -> RefundSeen | None:
    """What an old key no longer finds: this refund among those of its payment."""
    if now() - refund.created_at < KEYS_LAST or payment.provider_id is None:
        return None
    async for seen in gateway().refunds_of(payment.provider_id):
        if seen.metadata.get("refund") == str(refund.public_id):
            return seen
    return None


async def sync(provider_id: str) -> bool:
    """Ask how a refund stands, and apply it: one of ours, of stray money, or made by hand. False where it
    is no news, or about nothing of ours. Raises GatewayDown."""
    seen = await gateway().refund_seen(provider_id)
    refund = await ours(seen)
    if refund is not None:
        return await apply(refund.id, seen)
    if "stray" in seen.metadata:
        return await strays.came_back(seen)
    payment = await Payment.get_or_none(provider_id=seen.intent_id)
    return payment is not None and await learn(payment.id)


async def sweep() -> None:
    """What no job sent, and what the provider has not settled."""
    late = now() - PATIENCE
    unsent = Refund.filter(status=RefundStatus.CREATED, created_at__lte=late).order_by("created_at")
    for refund in await unsent.limit(AT_ONCE):
        key = f"{SEND}:{refund.id}:{now().isoformat(timespec='hours')}"
        await enqueue(SEND, {"refund_id": refund.id}, dedupe_key=key)
    waiting = Refund.filter(status=RefundStatus.SENT, created_at__lte=late).order_by("created_at")
    for refund in await waiting.limit(AT_ONCE):
        if refund.provider_id is not None:
            await sync(refund.provider_id)
