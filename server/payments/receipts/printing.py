"""What stands on somebody's receipt: what was written when they paid, and what was given back since."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from server.edge.access import Viewer
from server.infra.errors import NotFound
from server.payments.models import Payment, Receipt, Refund
from server.payments.receipts.content import Content, Credit
from server.payments.receipts.paper import Sheet
from server.payments.refunds.undoing import UNDONE
from server.payments.states import RefundStatus

NO_RECEIPT = "There is no receipt for this: nothing was paid."


async def receipt_sheet(payment_id: UUID, viewer: Viewer, base_url: str) -> Sheet:
    """Of one's own payment: three queries. Raises NotFound, also where nothing was paid yet."""
    own = Payment.filter(public_id=payment_id, learner_id=viewer.user_id)
    return await _sheet(await own.first(), base_url)


async def any_receipt_sheet(payment_id: UUID, base_url: str) -> Sheet:
    """Of anybody's payment, for the staff. Raises as `receipt_sheet`."""
    return await _sheet(await Payment.get_or_none(public_id=payment_id), base_url)


async def _sheet(payment: Payment | None, base_url: str) -> Sheet:
    receipt = await Receipt.get_or_none(payment_id=payment.id) if payment else None
    if payment is None or receipt is None:
        raise NotFound(message=NO_RECEIPT)
    refunds = await Refund.filter(payment_id=payment.id).exclude(cause__startswith=UNDONE).order_by("id")
    return Sheet(
        number=receipt.number,
        content=Content.read(cast("dict[str, str]", receipt.content)),
        address=f"{base_url}/payments/{payment.public_id}",
        credits=tuple(_credit(refund) for refund in refunds),
    )


def _credit(refund: Refund) -> Credit:
    failed = refund.status == RefundStatus.FAILED
    return Credit(refund.amount_minor, refund.created_at, refund.settled_at, failed)
