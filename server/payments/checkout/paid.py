"""What follows a payment that paid for a seat, in the same transaction."""

from __future__ import annotations

from server.payments.checkout import notices
from server.payments.checkout.numbering import next_receipt
from server.payments.models import Payment
from server.payments.receipts.issuing import issue


async def on_paid(payment: Payment) -> None:
    """The money came, and the seat is its learner's: they get a receipt."""
    payment.receipt_number = await next_receipt()
    await issue(payment.id, payment.receipt_number)
    await notices.paid(payment)
