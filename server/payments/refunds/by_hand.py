"""What somebody gave back by hand, at the provider: it counts like any other refund, so that nobody gets
more than they paid, and the books say what the provider says."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import structlog

from server.infra.db import transactional
from server.payments.checkout.syncing import sync_payment
from server.payments.gateway.answers import RefundSeen
from server.payments.gateway.current import gateway
from server.payments.locking import left_of, locked_payment
from server.payments.models import Payment, Refund
from server.payments.refunds import notices
from server.payments.refunds.applying import apply
from server.payments.refunds.deciding import begin, decide
from server.payments.refunds.undoing import UNDONE, take_back, take_credit_back
from server.payments.states import PAID, RefundStatus

BY_HAND = "provider:"  # the beginning of the cause of such a refund; its id there follows
REASON = "Our staff gave it back."
INSTEAD = "It was given back at the payment provider instead."

log = structlog.get_logger()


async def learn(payment_id: int) -> bool:
    """Ask for all that was given back of a payment, and write down what is news. Raises GatewayDown."""
    payment = await _paid(payment_id)
    if payment is None or payment.provider_id is None:
        return False
    every = [seen async for seen in gateway().refunds_of(payment.provider_id)][::-1]
    known = [(seen, await ours(seen)) for seen in every]
    # first what we know of: what failed, or was never sent, makes room
    news = [await apply(refund.id, seen) for seen, refund in known if refund is not None]
    news += [await _write(payment_id, seen) for seen, refund in known if refund is None]
    return any(news)


async def ours(seen: RefundSeen) -> Refund | None:
    """Its row. One that was undone, and sent all the same, is as if it had been made by hand."""
    found = await Refund.get_or_none(provider_id=seen.id)
    if found is not None:
        return found
    try:  # told before the answer to our call was written down
        named = UUID(seen.metadata.get("refund", ""))
    except ValueError:
        return None
    return await Refund.filter(public_id=named).exclude(cause__startswith=UNDONE).first()


async def _paid(payment_id: int) -> Payment | None:
    """By card; of what we may not have heard yet, the provider is asked."""
    payment = await Payment.get(id=payment_id)
    if payment.method == "card" and payment.status not in PAID:
        await sync_payment(payment_id)
        await payment.refresh_from_db()
    return payment if payment.method == "card" and payment.status in PAID else None


@transactional
async def _write(payment_id: int, seen: RefundSeen) -> bool:
    """What came to nothing before we heard of it is not counted: then nothing has moved."""
    cause = f"{BY_HAND}{seen.id}"
    payment = await locked_payment(payment_id)
    if seen.came_to_nothing or "stray" in seen.metadata or await Refund.exists(cause=cause):
        return False
    replaced = await _replaceable(payment_id, seen.amount_minor - left_of(payment))
    room = left_of(payment) + sum(each.amount_minor for each in replaced)
    excess = max(0, seen.amount_minor - room)
    if excess > payment.lost_minor:  # something else is wrong: the daily comparison tells of it
        log.error("more was given back than was paid", payment=payment_id, refund=seen.id)
        return False
    causes = [(each, each.cause) for each in replaced]
    for each in replaced:
        await _undo(payment, each)
    refund = await begin(
        payment, seen.amount_minor, cause=cause, reason=REASON, actor_id=None, excess_minor=excess
    )
    await notices.begun(payment, refund)
    await apply(refund.id, seen)
    await _decide_anew(payment_id, causes)
    return True


async def _replaceable(payment_id: int, lacking: int) -> list[Refund]:
    """Those that make so much room: what was not sent yet, then what failed and became credit."""
    found: list[Refund] = []
    for status in (RefundStatus.CREATED, RefundStatus.FAILED):
        rows = Refund.filter(payment_id=payment_id, status=status).exclude(cause__startswith=UNDONE)
        for row in await rows.order_by("-id"):
            if lacking > sum(each.amount_minor for each in found):
                found.append(row)
    return found


async def _undo(payment: Payment, refund: Refund) -> None:
    if refund.status == RefundStatus.CREATED:
        await take_back(payment, refund, INSTEAD)
    else:
        await take_credit_back(payment, refund, INSTEAD)


async def _decide_anew(payment_id: int, replaced: Sequence[tuple[Refund, str]]) -> None:
    """What was to be given back for other reasons still is, as far as something is left."""
    payment = await locked_payment(payment_id)
    for refund, cause in reversed(replaced):
        amount = min(refund.amount_minor, left_of(payment))
        reason, actor_id = refund.reason, refund.actor_id
        await decide(payment, amount, cause=cause, reason=reason, actor_id=actor_id)
