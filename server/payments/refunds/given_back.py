"""What was promised for a seat that is not its learner's is refunded: once for each booking."""

from __future__ import annotations

from server.booking.models import Booking
from server.infra.db import transactional
from server.payments.disputes.open import disputed
from server.payments.locking import left_of, locked_payment
from server.payments.models import Payment, Refund
from server.payments.refunds.deciding import decide
from server.payments.states import PAID

GIVEN_BACK = "payments.given_back"
REASONS = {
    "cancelled_by_learner": "You gave your seat back.",
    "cancelled_by_mentor": "The lesson was called off.",
    "no_show_mentor": "The mentor did not come.",
    "attended": "Not all of the lesson was taught.",
    "no_show_learner": "Your mentor did not wait for a quarter of an hour.",
}
NO_SEAT = "The seat was not free any more when the payment arrived."


@transactional
async def give_back(booking_id: int) -> Refund | None:
    """Refund what was promised, or what is left of it. None where nothing was paid or promised, and while
    the learner's bank has the payment: what it decides is heard first, and then this is asked again."""
    known = await Payment.get_or_none(booking_id=booking_id)
    if known is None:
        return None
    payment = await locked_payment(known.id)
    if payment.status not in PAID or await disputed(payment.id):
        return None
    booking = await Booking.get(id=booking_id)
    if booking.confirmed_at is None:
        return await give_all_back(payment)
    amount = min(booking.refund_minor or 0, left_of(payment))
    reason = REASONS.get(booking.status, "")
    return await decide(payment, amount, cause=f"booking:{booking_id}", reason=reason, actor_id=None)


@transactional
async def give_all_back(payment: Payment) -> Refund | None:
    """For this payment there never was a seat: it came too late. The caller holds it."""
    cause = f"payment:{payment.id}:no_seat"
    return await decide(payment, left_of(payment), cause=cause, reason=NO_SEAT, actor_id=None)
