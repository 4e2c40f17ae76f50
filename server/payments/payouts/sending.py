"""Sending a payout: transfers to the mentor's account, then from there to their bank.

Each step is asked under its own key and written down before the next, so that a job which ends anywhere
goes on there. `requested` means that the bank was not asked under the present key: until then parts may
still be taken back."""

from __future__ import annotations

from datetime import timedelta

from server.infra.clock import now
from server.infra.db import transactional
from server.infra.outbox import enqueue
from server.infra.transitions import record_transition
from server.payments.gateway.answers import KEYS_LAST, GatewayRefused, PayoutSeen, TransferSeen
from server.payments.gateway.current import gateway
from server.payments.ledger import postings
from server.payments.ledger.posting import post
from server.payments.locking import subject_of
from server.payments.models import Dispute, Payout, Transfer
from server.payments.payouts import notices
from server.payments.payouts.following import apply
from server.payments.payouts.moving import (
    left_in_account,
    locked_payout,
    move_payout,
    open_reversals,
    renewed,
)
from server.payments.payouts.requesting import SEND
from server.payments.payouts.reversing import settle
from server.payments.states import DisputeStatus, PayoutStatus, TransferStatus

NOT_YET = "balance_insufficient"  # the provider holds what was paid a few days before it can be sent on
PATIENCE = timedelta(days=14)
NOT_ENOUGH = "the platform’s own account does not hold enough at the moment, so try again in a few days"
DISPUTED = "a learner’s bank asks this payment back"


async def send(payout_id: int) -> None:
    """As far as it goes. Raises GatewayDown: then it goes on later."""
    payout = await Payout.get_or_none(id=payout_id).prefetch_related("account")
    if payout is None:
        return
    if payout.status == PayoutStatus.REQUESTED:
        await _fill_account(payout)
        payout = await _all_there(payout_id)
    if payout.status == PayoutStatus.TRANSFERRED:
        await _pay_out(payout)


# --- to the mentor's account


async def _fill_account(payout: Payout) -> None:
    waiting = Transfer.filter(payout_id=payout.id, status=TransferStatus.CREATED)
    for transfer in await waiting.order_by("id").prefetch_related("payment"):
        if await Dispute.filter(payment_id=transfer.payment_id, status=DisputeStatus.OPEN).exists():
            await _keep_back(transfer)
        else:
            await _transfer(payout, transfer)
    for reversal in await open_reversals(payout.id).order_by("id"):
        await settle(reversal.id)


async def _keep_back(transfer: Transfer) -> None:
    """It is not sent, unless it was before we heard of the dispute, and the answer was lost."""
    seen = await _sent_before(transfer)
    if seen is not None:
        await _sent(transfer.id, seen)
    else:
        await _refused(transfer.id, DISPUTED)


async def _transfer(payout: Payout, transfer: Transfer) -> None:
    is_old = now() - transfer.created_at >= KEYS_LAST
    try:
        seen = await _sent_before(transfer) if is_old else None
        seen = seen or await _ask_transfer(payout, transfer)
    except GatewayRefused as refused:
        await _refused(transfer.id, NOT_ENOUGH if refused.code == NOT_YET else str(refused))
    else:
        await _sent(transfer.id, seen)


async def _sent_before(transfer: Transfer) -> TransferSeen | None:
    """Among those of its payment."""
    async for seen in gateway().transfers_of(subject_of(transfer.payment_id)):
        if seen.key == transfer.provider_key:
            return seen
    return None


async def _ask_transfer(payout: Payout, transfer: Transfer) -> TransferSeen:
    assert payout.account.provider_id is not None
    return await gateway().transfer(
        transfer.amount_minor,
        payout.currency,
        to=payout.account.provider_id,
        charge_id=transfer.payment.charge_id,
        group=subject_of(transfer.payment_id),
        key=transfer.provider_key,
    )


@transactional
async def _sent(transfer_id: int, seen: TransferSeen) -> None:
    waiting = Transfer.filter(id=transfer_id, status=TransferStatus.CREATED)
    if await waiting.update(status=TransferStatus.SUCCEEDED, provider_id=seen.id):
        await record_transition("transfer", transfer_id, "created", TransferStatus.SUCCEEDED, None)


@transactional
async def _refused(transfer_id: int, why: str) -> None:
    """What was booked for it is booked back: it is available again."""
    waiting = Transfer.filter(id=transfer_id, status=TransferStatus.CREATED)
    if not await waiting.update(status=TransferStatus.FAILED, failure=why[:300]):
        return
    transfer = await Transfer.get(id=transfer_id).prefetch_related("payout")
    posting = postings.transfer_reversed(transfer.amount_minor, transfer.payout.mentor_id)
    key, subject = f"transfer:{transfer_id}:refused", subject_of(transfer.payment_id)
    await post(posting, transfer.payout.currency, key=key, subject=subject)
    await record_transition("transfer", transfer_id, "created", TransferStatus.FAILED, None, why[:300])


@transactional
async def _all_there(payout_id: int) -> Payout:
    """Everything that could be sent lies in the mentor's account: the bank may be asked for so much."""
    payout = await locked_payout(payout_id)
    if payout.status != PayoutStatus.REQUESTED:
        return payout
    if await open_reversals(payout_id).exists():  # decided meanwhile
        await enqueue(SEND, {"payout_id": payout_id})
        return payout
    left, why = await left_in_account(payout_id), await _why_less(payout)
    if left:
        await move_payout(payout, PayoutStatus.TRANSFERRED, amount_minor=left, failure=why)
    else:
        await move_payout(payout, PayoutStatus.REVERSED, failure=why)
        await notices.failed(payout)
    return payout


async def _why_less(payout: Payout) -> str:
    """In words, where a part could not be sent."""
    failed = Transfer.filter(payout_id=payout.id, status=TransferStatus.FAILED)
    reasons = dict.fromkeys(each.failure for each in await failed.order_by("id"))
    return f"Not everything could be sent: {'; '.join(reasons)}."[:300] if reasons else ""


# --- to their bank


async def _pay_out(payout: Payout) -> None:
    account_id = payout.account.provider_id
    assert account_id is not None
    try:
        seen = await _paid_out_before(payout, account_id) or await gateway().pay_out(
            payout.amount_minor, payout.currency, account_id=account_id, key=payout.provider_key
        )
    except GatewayRefused as refused:
        await _not_paid_out(payout.id, payout.provider_key, refused)
    else:
        await _begun(payout.id, payout.provider_key, seen)


async def _paid_out_before(payout: Payout, account_id: str) -> PayoutSeen | None:
    """What an old key no longer finds: this payout among those of the account."""
    if now() - payout.requested_at < KEYS_LAST:
        return None
    async for seen in gateway().payouts_of(account_id):
        if seen.key == payout.provider_key:
            return seen
    return None


@transactional
async def _begun(payout_id: int, key: str, seen: PayoutSeen) -> None:
    payout = await locked_payout(payout_id)
    if payout.provider_key == key:  # else this answer is an old one
        await apply(payout, seen)


@transactional
async def _not_paid_out(payout_id: int, key: str, refused: GatewayRefused) -> None:
    """Not yet (the sweep asks again), or not at all."""
    payout = await locked_payout(payout_id)
    if payout.provider_key != key or payout.status != PayoutStatus.TRANSFERRED:
        return
    if refused.code == NOT_YET and now() - payout.requested_at < PATIENCE:
        values = {**renewed(payout), "failure": payout.failure}
        await move_payout(payout, PayoutStatus.REQUESTED, **values)
    elif await move_payout(payout, PayoutStatus.FAILED, failure=str(refused)[:300]):
        await notices.failed(payout)
