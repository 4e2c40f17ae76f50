"""Whether a learner got all of their money back: then the seat that it paid for is theirs no more."""

from __future__ import annotations

from uuid import UUID

from server.booking.states import SEATED
from server.infra.outbox import enqueue
from server.payments.locking import left_of
from server.payments.models import Payment
from server.payments.states import PAID


async def all_given_back(session_id: UUID, user_id: int) -> bool:
    """Of what this learner paid for the seat that they have in the session nothing is left."""
    paid = Payment.filter(
        session_id=session_id,
        learner_id=user_id,
        booking__status__in=SEATED,
        status__in=PAID,
        amount_minor__gt=0,
    )
    return any(left_of(payment) == 0 for payment in await paid)


async def tell_the_room(payment: Payment) -> None:
    """Nothing is left of the payment: whoever sits in the room by it is put out; in the transaction that
    gives it back."""
    if left_of(payment) == 0:
        about = {"session_id": str(payment.session_id), "user_id": payment.learner_id}
        await enqueue("classroom.seat_lost", about)
