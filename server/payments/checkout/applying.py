"""What the provider says about a payment becomes so here: the money in the books, and the seat.

One transaction, in the order of all locks: the session, the payment, the books. What is told twice, late
or out of order changes nothing."""

from __future__ import annotations

from server.booking import service as booking
from server.booking.visibility import session_to_change
from server.infra.clock import now
from server.infra.db import transactional
from server.payments.checkout import strays
from server.payments.checkout.moving import move_payment
from server.payments.checkout.paid import on_paid
from server.payments.gateway.answers import Charge, Intent
from server.payments.ledger import postings
from server.payments.ledger.posting import post
from server.payments.locking import locked_payment, subject_of
from server.payments.models import Payment
from server.payments.refunds.given_back import give_all_back
from server.payments.states import PAID, PaymentStatus

# The provider's words for what has not come to an end; a refused card is told apart by its failure.
STATUS = {
    "requires_payment_method": PaymentStatus.CREATED,
    "requires_confirmation": PaymentStatus.CREATED,
    "requires_action": PaymentStatus.REQUIRES_ACTION,
    "processing": PaymentStatus.PROCESSING,
    "requires_capture": PaymentStatus.PROCESSING,
    "canceled": PaymentStatus.CANCELLED,
}


@transactional
async def apply_intent(payment_id: int, seen: Intent, charge: Charge | None) -> str:
    """Apply what was seen of a payment's intent. Says what came of it, for the log of events."""
    found = await Payment.get(id=payment_id)
    await session_to_change(found.session_id)
    payment = await locked_payment(payment_id)
    if seen.status == "succeeded":
        outcome = await _succeeded(payment, seen, charge)
    else:
        outcome = await _unfinished(payment, seen)
    await Payment.filter(id=payment_id).update(checked_at=now())
    return outcome


async def _unfinished(payment: Payment, seen: Intent) -> str:
    if seen.id != payment.provider_id:
        return "another intent, not paid"
    to = STATUS.get(seen.status, PaymentStatus.PROCESSING)
    if to == PaymentStatus.CREATED and seen.failure:
        to = PaymentStatus.FAILED
    if to == payment.status and seen.failure == payment.failure:
        return "known"
    moved = await move_payment(payment, to, failure=seen.failure)
    return str(to) if moved else f"late: {payment.status} stays"


async def _succeeded(payment: Payment, seen: Intent, charge: Charge | None) -> str:
    """The money came: for this payment, or for none that is open."""
    if payment.status in PAID and payment.provider_id == seen.id and payment.method == "card":
        return "known" if charge is None or not await _book_fee(payment, charge) else "fee"
    if (why := _not_ours(payment, seen)) is not None:
        return await strays.give_back(payment, seen, charge, why)
    await _book(payment, charge)
    return await _seat(payment)


def _not_ours(payment: Payment, seen: Intent) -> str | None:
    """Why this money does not pay the payment: what it is bound to was fixed when it began."""
    if payment.status in PAID:
        return "paid already"
    if seen.id != payment.provider_id:
        return "another intent"
    if (seen.received_minor, seen.currency) != (payment.amount_minor, payment.currency):
        return "another amount"
    return None


async def _book(payment: Payment, charge: Charge | None) -> None:
    values = {"charge_id": charge.id, "card": charge.card} if charge else {}
    await move_payment(
        payment,
        PaymentStatus.SUCCEEDED,
        actor_id=payment.learner_id,
        failure="",
        succeeded_at=now(),
        **values,
    )
    key, subject = f"payment:{payment.id}:paid", subject_of(payment.id)
    await post(postings.paid(payment.amount_minor), payment.currency, key=key, subject=subject)
    if charge is not None:
        await _book_fee(payment, charge)


async def _book_fee(payment: Payment, charge: Charge) -> bool:
    """The provider may tell its fee later than the payment. False where it is booked already."""
    if charge.fee_minor is None or payment.provider_fee_minor is not None:
        return False
    known = {"provider_fee_minor": charge.fee_minor, "charge_id": charge.id, "card": charge.card}
    await Payment.filter(id=payment.id).update(**known)
    payment.update_from_dict(known)
    key, subject = f"payment:{payment.id}:fee", subject_of(payment.id)
    await post(postings.charged_fee(charge.fee_minor), payment.currency, key=key, subject=subject)
    return True


async def _seat(payment: Payment) -> str:
    """The seat is theirs, or the money goes back: never paid without either."""
    if not await booking.retake(payment.booking_id, payment.learner_id):
        await give_all_back(payment)
        return "paid, and no seat: given back"
    await on_paid(payment)
    return "paid"
