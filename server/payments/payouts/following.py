"""What becomes of a payout after it was begun: banks answer days later, also with a no."""

from __future__ import annotations

from datetime import timedelta

from tortoise.expressions import Q

from server.infra.clock import now
from server.infra.db import transactional
from server.infra.outbox import enqueue
from server.payments.gateway.answers import GatewayRefused, PayoutSeen
from server.payments.gateway.current import gateway
from server.payments.models import Payout, StripeEvent
from server.payments.payouts import notices
from server.payments.payouts.moving import locked_payout, move_payout
from server.payments.payouts.requesting import SEND
from server.payments.states import PayoutStatus

FAILURE = "The bank refused it."
ASKED_AT_ONCE = 200  # payouts of one sweep
REFUSED_WITHIN = timedelta(days=5)  # banks send back what they had taken
STUCK_AFTER = timedelta(minutes=15)
STATUS = {
    "pending": PayoutStatus.IN_TRANSIT,
    "in_transit": PayoutStatus.IN_TRANSIT,
    "paid": PayoutStatus.PAID,
    "failed": PayoutStatus.FAILED,
    "canceled": PayoutStatus.FAILED,
}


async def apply(payout: Payout, seen: PayoutSeen) -> bool:
    """Take over what was seen, in the transaction that holds the row. False where nothing is new."""
    to = STATUS.get(seen.status, PayoutStatus.IN_TRANSIT)
    begun = await move_payout(
        payout, PayoutStatus.IN_TRANSIT, provider_id=seen.id, arrives_at=seen.arrives_at
    )
    if to == PayoutStatus.IN_TRANSIT:
        return begun
    if to == PayoutStatus.FAILED:
        if moved := await move_payout(payout, to, failure=seen.failure or FAILURE):
            await notices.failed(payout)
        return moved
    if moved := await move_payout(payout, to):
        await notices.paid(payout)
    return moved


async def sync_payout(payout_id: int) -> str:
    """Ask the provider what became of a payout. Says what it is now. Raises GatewayDown."""
    payout = await Payout.get(id=payout_id).prefetch_related("account")
    if payout.provider_id is None or payout.account.provider_id is None:
        return "not begun"
    seen = await gateway().payout(payout.provider_id, account_id=payout.account.provider_id)
    return await _taken_over(payout_id, seen)


@transactional
async def _taken_over(payout_id: int, seen: PayoutSeen) -> str:
    payout = await locked_payout(payout_id)
    if payout.provider_id != seen.id:
        return "an earlier attempt"
    moved = await apply(payout, seen)
    return str(payout.status) if moved else f"known: {payout.status}"


async def payout_changed(event: StripeEvent) -> str:
    """`payout.paid`, `payout.failed` and their like."""
    payout = await Payout.get_or_none(provider_id=event.object_id)
    return "no payout of ours" if payout is None else await sync_payout(payout.id)


async def sweep() -> None:
    """What no event told, and what no job sent."""
    late = Q(status=PayoutStatus.PAID, settled_at__gt=now() - REFUSED_WITHIN)
    under_way = Payout.filter(Q(status=PayoutStatus.IN_TRANSIT) | late, provider_id__isnull=False)
    for payout in await under_way.order_by("id").limit(ASKED_AT_ONCE):
        try:
            await sync_payout(payout.id)
        except GatewayRefused:
            continue  # not there any more: nothing new is to be learned
    await _send_stuck()


@transactional
async def _send_stuck() -> None:
    """Those whose job gave up."""
    hour = now().strftime("%Y-%m-%dT%H")
    begun = (PayoutStatus.REQUESTED, PayoutStatus.TRANSFERRED)
    stuck = Payout.filter(status__in=begun, requested_at__lt=now() - STUCK_AFTER)
    for payout in await stuck.limit(ASKED_AT_ONCE):
        await enqueue(SEND, {"payout_id": payout.id}, dedupe_key=f"{SEND}:{payout.id}:{hour}")
