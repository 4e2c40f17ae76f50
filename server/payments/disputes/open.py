"""Whether a learner's bank has a payment at the moment."""

from __future__ import annotations

from server.payments.models import Dispute
from server.payments.states import DisputeStatus


async def disputed(payment_id: int) -> bool:
    """While it is so, nothing of the payment is given back, released or paid out."""
    return await Dispute.filter(payment_id=payment_id, status=DisputeStatus.OPEN).exists()
