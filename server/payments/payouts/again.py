"""A payout that failed: its mentor sends it again, or has it back."""

from __future__ import annotations

from uuid import UUID

from server.infra.db import transactional
from server.infra.errors import Conflict, NotFound
from server.infra.outbox import enqueue
from server.payments.models import Payout, Transfer
from server.payments.payouts.moving import locked_payout, move_payout, open_reversals, renewed
from server.payments.payouts.requesting import SEND
from server.payments.payouts.reversing import OF_PAYOUT, begin_reversal, still_there
from server.payments.states import PayoutStatus, TransferStatus

NOT_FAILED = "This payout has not failed."
COMES_BACK = "This payout is being taken back."


@transactional
async def send_again(payout_id: UUID, mentor_id: int) -> None:
    """Raises NotFound, Conflict (wrong_state)."""
    payout = await _failed_payout(payout_id, mentor_id)
    await move_payout(payout, PayoutStatus.REQUESTED, actor_id=mentor_id, **renewed(payout))
    await enqueue(SEND, {"payout_id": payout.id})


@transactional
async def have_back(payout_id: UUID, mentor_id: int) -> None:
    """Its money is available again when the provider has given it back. Raises NotFound, Conflict."""
    payout = await _failed_payout(payout_id, mentor_id)
    for transfer in await Transfer.filter(payout_id=payout.id, status=TransferStatus.SUCCEEDED):
        if part := await still_there(transfer):
            cause = f"{OF_PAYOUT}{payout.id}:{payout.attempt}:{transfer.id}:{transfer.reversed_minor}"
            await begin_reversal(transfer, part, cause)


async def _failed_payout(payout_id: UUID, mentor_id: int) -> Payout:
    """Held until the caller's transaction ends."""
    found = await Payout.get_or_none(public_id=payout_id, mentor_id=mentor_id)
    if found is None:
        raise NotFound(message="There is no such payout.")
    payout = await locked_payout(found.id)
    if payout.status != PayoutStatus.FAILED:
        raise Conflict("wrong_state", NOT_FAILED)
    if await open_reversals(payout.id).exists():
        raise Conflict("wrong_state", COMES_BACK)
    return payout
