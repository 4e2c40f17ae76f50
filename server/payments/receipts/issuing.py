"""A receipt is written down in the transaction in which its number is given, and never changed."""

from __future__ import annotations

from server.accounts.models import User
from server.booking.models import Booking, Session
from server.infra.clock import now
from server.infra.db import transactional
from server.payments.models import Payment, Receipt
from server.payments.receipts.content import SELLER, Content, card_words
from server.people.privacy import name_among_members

CREDIT = "credit"


@transactional
async def issue(payment_id: int, number: int) -> None:
    """Write the receipt of a payment that was paid. Raises ValueError for one that was not."""
    payment = await Payment.get(id=payment_id)
    if payment.succeeded_at is None:
        raise ValueError(f"payment {payment_id} is not paid")
    content = await _content(payment)
    await Receipt.create(number=number, payment_id=payment.id, content=content.written(), issued_at=now())
    await Payment.filter(id=payment.id).update(receipt_number=number)


async def _content(payment: Payment) -> Content:
    session = await Session.get(id=payment.session_id)
    buyer = await User.get(id=payment.learner_id)
    booking = await Booking.get(id=payment.booking_id)
    assert payment.succeeded_at is not None
    return Content(
        seller=SELLER,
        mentor=await name_among_members(payment.mentor_id),
        buyer=buyer.name or buyer.username,
        email=buyer.email,
        title=session.title,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        zone=buyer.timezone,
        booking=str(booking.public_id),
        method=CREDIT if payment.method == CREDIT else card_words(payment.card),
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        paid_at=payment.succeeded_at,
    )
