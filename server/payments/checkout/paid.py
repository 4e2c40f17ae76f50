"""What follows a payment that paid for a seat, in the same transaction."""

from __future__ import annotations

from server.payments.checkout import notices
from server.payments.models import Payment


async def on_paid(payment: Payment) -> None:
    """The money came, and the seat is its learner's."""
    await notices.paid(payment)
