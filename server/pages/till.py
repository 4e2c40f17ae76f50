"""What the demo's people paid for the lessons that are over: with credit that the platform gave them, so
that no payment provider has to be asked."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from server.booking.models import Booking, Session
from server.infra import clock
from server.infra.db import transactional
from server.payments.checkout.moving import move_payment
from server.payments.checkout.numbering import next_receipt
from server.payments.commission import commission_of
from server.payments.ledger import postings
from server.payments.ledger.posting import post
from server.payments.locking import subject_of
from server.payments.models import Payment
from server.payments.receipts.issuing import issue
from server.payments.refunds.deciding import decide
from server.payments.release.releasing import release
from server.payments.states import PaymentStatus

BEFORE = timedelta(days=2)  # so long before a lesson its seats are paid
SETTLED_AFTER = timedelta(hours=73)
CREDIT = "credit"
HALF_BACK = "The projector did not work for half of the lesson."


async def record_past_payments(session_id: UUID) -> None:
    """Everybody who was in this lesson paid for it; the last of three got half of it back. The clock
    stands still meanwhile where it was then: nothing else runs yet."""
    session = await Session.get(id=session_id)
    if not session.price_minor:
        return
    with clock.replaced(clock.ManualClock(session.starts_at - BEFORE)) as then:
        assert isinstance(then, clock.ManualClock)
        paid = [await _pay(seat) for seat in await Booking.filter(session_id=session_id).order_by("id")]
        then.set(session.ends_at)
        if len(paid) > 2:
            half = paid[-1].amount_minor // 2
            await decide(paid[-1], half, cause=f"demo:{session_id}", reason=HALF_BACK, actor_id=None)
        then.set(session.ends_at + SETTLED_AFTER)
        for payment in paid:
            await release(payment.id)


@transactional
async def _pay(seat: Booking) -> Payment:
    session = await Session.get(id=seat.session_id)
    amount, currency, number = seat.price_minor, seat.currency, uuid4()
    payment = await Payment.create(
        public_id=number,
        booking_id=seat.id,
        session_id=session.id,
        learner_id=seat.learner_id,
        mentor_id=session.mentor_id,
        method=CREDIT,
        amount_minor=amount,
        currency=currency,
        commission_minor=commission_of(amount),
        provider_key=f"demo:{number}",
        created_at=clock.now(),
    )
    subject = subject_of(payment.id)
    given = postings.goodwill(amount, seat.learner_id)
    await post(given, currency, key=f"payment:{payment.id}:given", subject=subject)
    taken = postings.paid_with_credit(amount, seat.learner_id)
    await post(taken, currency, key=f"payment:{payment.id}:paid", subject=subject)
    await move_payment(payment, PaymentStatus.SUCCEEDED, succeeded_at=clock.now())
    await issue(payment.id, await next_receipt())
    return payment
