"""Taking back what was sent to a mentor's account, while it lies there."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from tortoise.expressions import F

from server.infra.clock import now
from server.infra.db import transactional
from server.infra.outbox import Later, enqueue
from server.infra.transitions import record_transition
from server.payments.gateway.answers import KEYS_LAST, GatewayRefused, ReversalSeen
from server.payments.gateway.current import gateway
from server.payments.ledger import postings
from server.payments.ledger.posting import post
from server.payments.locking import subject_of
from server.payments.models import Payout, Reversal, Transfer
from server.payments.payouts import notices
from server.payments.payouts.moving import left_in_account, locked_payout, move_payout
from server.payments.payouts.requesting import UNDER_WAY
from server.payments.states import PayoutStatus, TransferStatus

REVERSE = "payments.reversal"
ASKED_AT_ONCE = 200  # reversals of one sweep
STUCK_AFTER = timedelta(minutes=15)
PATIENCE_S = 5.0  # a payout under way is asked about in seconds
OF_PAYOUT = "payout:"  # the beginning of the cause of a payout that is taken back as a whole
NEVER_SENT = "The transfer was never sent."
PAID_OUT = "It was paid out before."


@transactional
async def begin_reversal(transfer: Transfer, amount_minor: int, cause: str) -> None:
    """Write down that a part is to be taken back, once for each cause. The caller holds the payout."""
    row = Reversal(
        transfer_id=transfer.id,
        cause=cause,
        amount_minor=amount_minor,
        provider_key=f"reversal:{uuid4()}",
        created_at=now(),
    )
    await Reversal.bulk_create([row], ignore_conflicts=True)
    await enqueue(REVERSE, {"reversal_id": (await Reversal.get(cause=cause)).id})


async def still_there(transfer: Transfer) -> int:
    """What of a transfer is neither taken back nor about to be. The caller holds its payout."""
    waiting = await Reversal.filter(transfer_id=transfer.id, status=TransferStatus.CREATED)
    going = sum(each.amount_minor for each in waiting)
    return int(transfer.amount_minor - transfer.reversed_minor - going)


async def settle(reversal_id: int) -> None:
    """Ask for it, unless it was answered before. Raises Later while its payout goes out; GatewayDown."""
    reversal = await Reversal.get(id=reversal_id).prefetch_related("transfer__payout")
    if reversal.status != TransferStatus.CREATED:
        return
    transfer = reversal.transfer
    if transfer.status == TransferStatus.FAILED:
        await _failed(reversal_id, NEVER_SENT)
    elif transfer.status == TransferStatus.CREATED or transfer.payout.status == PayoutStatus.TRANSFERRED:
        raise Later("its payout is under way", PATIENCE_S)
    else:
        await _ask(reversal, another_is_due=await _would_take_another_payouts(transfer.payout))


async def _would_take_another_payouts(payout: Payout) -> bool:
    """What lies in the account now belongs to one that is still to go out."""
    if payout.status in UNDER_WAY:
        return False
    others = Payout.filter(mentor_id=payout.mentor_id, currency=payout.currency, status__in=UNDER_WAY)
    return await others.exists()


async def _ask(reversal: Reversal, *, another_is_due: bool) -> None:
    """Where it may not be asked for any more, it may have been, and the answer was lost."""
    number = reversal.transfer.provider_id
    assert number is not None
    is_old = now() - reversal.created_at >= KEYS_LAST
    try:
        seen = await _taken_before(reversal, number) if is_old or another_is_due else None
        if seen is None and not another_is_due:
            seen = await gateway().reverse(number, reversal.amount_minor, key=reversal.provider_key)
    except GatewayRefused as refused:
        await _failed(reversal.id, str(refused))
        return
    await (_done(reversal.id, seen.id) if seen else _failed(reversal.id, PAID_OUT))


async def _taken_before(reversal: Reversal, transfer_id: str) -> ReversalSeen | None:
    """Among those of its transfer."""
    async for seen in gateway().reversals_of(transfer_id):
        if seen.key == reversal.provider_key:
            return seen
    return None


@transactional
async def _done(reversal_id: int, provider_id: str) -> None:
    """It is ours again, and the mentor's to ask for."""
    reversal = await Reversal.get(id=reversal_id).prefetch_related("transfer")
    transfer = reversal.transfer
    payout = await locked_payout(transfer.payout_id)
    if not await _moved(reversal_id, TransferStatus.SUCCEEDED, provider_id=provider_id):
        return
    back = reversal.amount_minor
    await Transfer.filter(id=transfer.id).update(reversed_minor=F("reversed_minor") + back)
    posting = postings.transfer_reversed(back, payout.mentor_id)
    key, subject = f"reversal:{reversal_id}:done", subject_of(transfer.payment_id)
    await post(posting, payout.currency, key=key, subject=subject)
    await _shrink(payout)


async def _shrink(payout: Payout) -> None:
    """The payout is what is left of it; with nothing left it is undone."""
    left = await left_in_account(payout.id)
    if left:
        payout.amount_minor = left
        await payout.save(update_fields=["amount_minor"])
    elif payout.status == PayoutStatus.FAILED:
        await move_payout(payout, PayoutStatus.REVERSED)


@transactional
async def _failed(reversal_id: int, why: str) -> None:
    """It stays where it is: with a payout that waits for another try, or kept back from what the mentor
    earns next."""
    if not await _moved(reversal_id, TransferStatus.FAILED, failure=why[:300]):
        return
    reversal = await Reversal.get(id=reversal_id).prefetch_related("transfer__payout")
    if reversal.cause.startswith(OF_PAYOUT):
        said = f"It could not be taken back: {why}"[:300]
        await Payout.filter(id=reversal.transfer.payout_id).update(failure=said)
    elif why != NEVER_SENT:
        await notices.owed(reversal)


async def _moved(reversal_id: int, to: TransferStatus, **values: str) -> bool:
    waiting = Reversal.filter(id=reversal_id, status=TransferStatus.CREATED)
    if not await waiting.update(status=to, **values):
        return False
    await record_transition("reversal", reversal_id, "created", to, None, values.get("failure", ""))
    return True


@transactional
async def sweep() -> None:
    """Those whose job gave up."""
    hour = now().strftime("%Y-%m-%dT%H")
    stuck = Reversal.filter(status=TransferStatus.CREATED, created_at__lt=now() - STUCK_AFTER)
    for each in await stuck.order_by("id").limit(ASKED_AT_ONCE):
        await enqueue(REVERSE, {"reversal_id": each.id}, dedupe_key=f"{REVERSE}:{each.id}:{hour}")
