"""What a learner is told about their payment. In the transaction of the change."""

from __future__ import annotations

from server.booking.models import Session
from server.notifications.service import notify
from server.payments.models import Payment


async def paid(payment: Payment) -> None:
    """The money came: the receipt is on the page of the payment."""
    session = await Session.get(id=payment.session_id)
    about = {
        "title": session.title,
        "amount_minor": payment.amount_minor,
        "currency": payment.currency,
        "card": payment.card,
        "credit": payment.method == "credit",
        "number": payment.receipt_number,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
    }
    path, key = f"/payments/{payment.public_id}", str(payment.public_id)
    await notify(payment.learner_id, "payment_received", about, path=path, dedupe_key=key)
