"""A refund after the mentor had the money: it is taken back where it still can be, or kept back from what
they earn later."""

from __future__ import annotations

from server.infra.db import transactional
from server.payments.ledger.balances import balance
from server.payments.ledger.chart import MENTOR_AVAILABLE
from server.payments.ledger.posting import claim
from server.payments.ledger.postings import Place
from server.payments.models import Payment, Refund, Transfer
from server.payments.payouts.moving import locked_payout
from server.payments.payouts.reversing import begin_reversal, still_there
from server.payments.states import TransferStatus


@transactional
async def take_back(refund: Refund) -> None:
    """In the transaction that booked the refund: what the mentor's balance lacks by it, but no more than
    their share of the refund, and than was sent of this payment. Others' earnings are not touched."""
    payment = await Payment.get(id=refund.payment_id)
    place = Place(MENTOR_AVAILABLE, payment.mentor_id)
    await claim(place, payment.currency)  # a payout that was just asked for is seen
    lacking = min(refund.mentor_minor, -await balance(place, payment.currency))
    sent = Transfer.filter(payment_id=payment.id).exclude(status=TransferStatus.FAILED)
    for transfer in await sent.order_by("-id"):
        await locked_payout(transfer.payout_id)
        part = min(lacking, await still_there(transfer))
        if part > 0:
            await begin_reversal(transfer, part, f"refund:{refund.id}:{transfer.id}")
            lacking -= part
