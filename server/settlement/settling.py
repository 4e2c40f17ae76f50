"""After a lesson: each seat gets its verdict once, by itself, and its money goes where that says.

One transaction for each seat, in the order of all: session, payment, books. Refunds go the way of what
was promised for a booking, credit is an entry of the books; the network is asked by jobs, later."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog

from server.booking.models import Booking, Session
from server.booking.settling import locked_seat, settle_seat
from server.booking.states import BookingStatus, SessionStatus
from server.infra.clock import now
from server.infra.db import transactional
from server.payments.disputes.open import disputed
from server.payments.goodwill import give_credit
from server.payments.locking import left_of, locked_payment
from server.payments.models import Payment
from server.payments.states import PAID
from server.settlement import evidence, telling
from server.settlement.evidence import Measured
from server.settlement.models import Verdict
from server.settlement.opening import open_unclear
from server.settlement.rule import RULE, Judged, Outcome, Seat, judge

LATE = timedelta(minutes=30)  # after the end; what its job did not do is done by the sweep
AT_ONCE = 100
OVER = (SessionStatus.ENDED, SessionStatus.MISSED)
BECOMES = {
    Outcome.MENTOR_ABSENT: BookingStatus.NO_SHOW_MENTOR,
    Outcome.LEARNER_ABSENT: BookingStatus.NO_SHOW_LEARNER,
}  # all others are attended
WHY = {
    Outcome.MENTOR_ABSENT: "the mentor was not there in the first 15 minutes",
    Outcome.LEARNER_ABSENT: "the learner never came",
}

log = structlog.get_logger()


async def settle(session_id: UUID) -> int:
    """All seats of a lesson that is over; returns how many were settled now."""
    session = await Session.get_or_none(id=session_id, status__in=OVER)
    if session is None:
        return 0
    found = await evidence.measured(session)
    seats = Booking.filter(session_id=session_id, status__in=_settled_from(session)).order_by("id")
    return sum([await settle_one(seat.id, found) for seat in await seats])


def _settled_from(session: Session) -> tuple[BookingStatus, ...]:
    """Of a lesson that its mentor missed, the seats say so already."""
    missed = session.status == SessionStatus.MISSED
    return (BookingStatus.NO_SHOW_MENTOR if missed else BookingStatus.CONFIRMED,)


@transactional
async def settle_one(booking_id: int, found: Measured) -> bool:
    """False where it was settled before; and while the learner's bank has the payment, which is heard
    first."""
    session, booking = await locked_seat(booking_id)
    payment = await _payment(booking)
    if await Verdict.exists(booking_id=booking_id) or booking.status not in _settled_from(session):
        return False
    if payment is not None and await disputed(payment.id):
        return False
    judged = _judged(session, booking, payment, found)
    verdict = await write_verdict(session, booking, judged, found)
    if session.status == SessionStatus.ENDED:
        to = BECOMES.get(judged.outcome, BookingStatus.ATTENDED)
        await settle_seat(booking, to, judged.refund_minor, WHY.get(judged.outcome, ""))
    if payment is not None:
        await give_credit(payment, judged.credit_minor, key=f"verdict:{booking_id}:credit")
    await telling.settled(session, booking, verdict)
    if judged.outcome is Outcome.UNCLEAR:
        await open_unclear(session, booking, payment)
    return True


async def _payment(booking: Booking) -> Payment | None:
    """Paid, and held by the caller from here on."""
    known = await Payment.get_or_none(booking_id=booking.id, status__in=PAID)
    return await locked_payment(known.id) if known else None


def _judged(session: Session, booking: Booking, payment: Payment | None, found: Measured) -> Judged:
    """A lesson that never began was missed, and given back then."""
    if session.status == SessionStatus.MISSED:
        due = (session.ends_at - session.starts_at) // timedelta(minutes=1)
        back = booking.refund_minor or 0
        return Judged(outcome=Outcome.MENTOR_ABSENT, due_min=due, refund_minor=back)
    seat = Seat(
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        mentor=found.of(session.mentor_id),
        learner=found.of(booking.learner_id),
        price_minor=payment.amount_minor if payment else 0,
        left_minor=left_of(payment) if payment else 0,
    )
    return judge(seat)


async def write_verdict(session: Session, booking: Booking, judged: Judged, found: Measured) -> Verdict:
    """Once for each seat: a second one is refused by the database."""
    return await Verdict.create(
        booking_id=booking.id,
        session_id=session.id,
        learner_id=booking.learner_id,
        mentor_id=session.mentor_id,
        rule=RULE,
        outcome=judged.outcome,
        due_min=judged.due_min,
        taught_min=judged.taught_min,
        node_min=judged.node_min,
        own_min=judged.own_min,
        refund_minor=judged.refund_minor,
        credit_minor=judged.credit_minor,
        currency=booking.currency,
        evidence=evidence.kept(found, booking.learner_id),
        decided_at=now(),
    )


# --- what a job did not do


async def settle_late() -> int:
    """Every seat that should be settled by now. A lesson that fails does not hold up the others."""
    settled, last = 0, 0
    while rows := await _unsettled(last):
        for session_id in dict.fromkeys(row.session_id for row in rows):
            try:
                settled += await settle(session_id)
            except Exception:
                log.exception("a lesson could not be settled", session=str(session_id))
        last = rows[-1].id
    return settled


async def _unsettled(after: int) -> list[Booking]:
    seats = Booking.filter(
        id__gt=after,
        status=BookingStatus.CONFIRMED,
        session__status=SessionStatus.ENDED,
        session__ended_at__lte=now() - LATE,
    )
    return await seats.order_by("id").limit(AT_ONCE)
