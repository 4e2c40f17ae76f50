"""A seat is paid with what we owe its learner: one transaction, and nobody else is asked."""

from __future__ import annotations

from uuid import UUID

from server.booking import service as booking
from server.edge.access import Viewer
from server.infra.clock import now
from server.infra.db import transactional
from server.infra.errors import Conflict
from server.infra.outbox import enqueue
from server.payments.checkout.beginning import CALL_OFF, written_payment
from server.payments.checkout.calling_off import CREDIT
from server.payments.checkout.moving import move_payment
from server.payments.checkout.paid import on_paid
from server.payments.ledger import postings
from server.payments.ledger.balances import balance
from server.payments.ledger.chart import LEARNER_CREDIT
from server.payments.ledger.posting import claim, post
from server.payments.ledger.postings import Place
from server.payments.locking import locked_payment, subject_of
from server.payments.models import Payment
from server.payments.states import PAID, PaymentStatus

TOO_LITTLE = "Your credit does not cover the price."


async def credit_of(learner_id: int, currency: str) -> int:
    """What we owe a learner, in minor units: one query."""
    return await balance(Place(LEARNER_CREDIT, learner_id), currency)


@transactional
async def pay_by_credit(booking_id: UUID, viewer: Viewer) -> Payment:
    """Pay the viewer's own held seat whole. What is paid stays paid.

    Raises NotFound, Forbidden(unverified), Conflict (wrong_state, hold_expired, credit_too_small)."""
    found, written = await written_payment(booking_id, viewer)
    payment = await locked_payment(found.id)
    if payment.status in PAID:
        return payment
    await _take(payment)
    if not await booking.retake(payment.booking_id, payment.learner_id):
        raise Conflict("wrong_state", "This seat can't be paid any more.")
    if not written:  # a card may be under way: what comes of it goes back
        await enqueue(CALL_OFF, {"payment_id": payment.id})
    await on_paid(payment)
    return payment


async def _take(payment: Payment) -> None:
    """Raises Conflict(credit_too_small)."""
    place = Place(LEARNER_CREDIT, payment.learner_id)
    await claim(place, payment.currency)
    if await balance(place, payment.currency) < payment.amount_minor:
        raise Conflict("credit_too_small", TOO_LITTLE)
    posting = postings.paid_with_credit(payment.amount_minor, payment.learner_id)
    key, subject = f"payment:{payment.id}:paid", subject_of(payment.id)
    await post(posting, payment.currency, key=key, subject=subject)
    await move_payment(
        payment,
        PaymentStatus.SUCCEEDED,
        actor_id=payment.learner_id,
        method=CREDIT,
        failure="",
        succeeded_at=now(),
    )
