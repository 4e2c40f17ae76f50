"""Paying for a held seat begins: a row with its key is committed, then the provider is asked."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from server.booking.models import Booking, Session
from server.booking.seats.cancelling import own_booking
from server.booking.states import BookingStatus, wrong_state
from server.booking.visibility import session_to_change
from server.edge.access import Viewer
from server.infra.clock import now
from server.infra.db import transactional
from server.infra.errors import Conflict, Forbidden
from server.infra.outbox import enqueue
from server.infra.transitions import record_transition
from server.payments.checkout.intending import with_awaited_intent, with_intent
from server.payments.commission import commission_of
from server.payments.models import Payment
from server.payments.states import PAID, UNPAID

BEGIN = "payments.begin"
CALL_OFF = "payments.call_off"
REPAIR_AFTER = timedelta(minutes=1)  # what a crash left between the row and its intent
HOLD_OVER = "The time for which this seat was held is over, and nothing was paid."


async def begin_payment(booking_id: UUID, viewer: Viewer) -> Payment:
    """The payment of the viewer's own held booking, begun now or before: always the same one.

    Raises NotFound, Forbidden(unverified), Conflict (wrong_state, hold_expired), Invalid, GatewayDown."""
    payment, written = await written_payment(booking_id, viewer)
    if payment.status not in UNPAID:
        return payment
    return await (with_intent if written else with_awaited_intent)(payment)


async def payment_for(booking_id: UUID, viewer: Viewer) -> Payment | None:
    """The payment of a seat: begun now where it is held and has a price, else as it is, if there is one.

    Raises as `begin_payment`."""
    booking = await own_booking(booking_id, viewer)
    if booking.status == BookingStatus.HELD and booking.price_minor:
        return await begin_payment(booking_id, viewer)
    return await Payment.get_or_none(booking_id=booking.id)


@transactional
async def written_payment(booking_id: UUID, viewer: Viewer) -> tuple[Payment, bool]:
    """The payment of the viewer's own seat, and whether it was written just now: without its intent yet.

    Raises NotFound, Forbidden(unverified), Conflict (wrong_state, hold_expired)."""
    booking = await own_booking(booking_id, viewer)
    session = await session_to_change(booking.session_id)
    await booking.refresh_from_db()
    payment = await Payment.get_or_none(booking_id=booking.id)
    if payment is not None and payment.status in PAID:
        return payment, False
    _check_payable(booking, viewer)
    if payment is not None:
        return payment, False
    return await _write(booking, session), True


def _check_payable(booking: Booking, viewer: Viewer) -> None:
    """Raises Forbidden(unverified), Conflict (wrong_state, hold_expired)."""
    if not viewer.verified:
        raise Forbidden("unverified", "Confirm your e-mail address before you pay.")
    ended = booking.hold_expires_at is not None and now() >= booking.hold_expires_at
    if booking.status == BookingStatus.EXPIRED or (booking.status == BookingStatus.HELD and ended):
        raise Conflict("hold_expired", HOLD_OVER)
    if booking.status != BookingStatus.HELD:
        raise wrong_state(booking.status)
    if not booking.price_minor:
        raise Conflict("wrong_state", "This seat costs nothing.")


async def _write(booking: Booking, session: Session) -> Payment:
    number = uuid4()
    await _call_off_earlier(booking)
    payment = await Payment.create(
        public_id=number,
        booking_id=booking.id,
        session_id=booking.session_id,
        learner_id=booking.learner_id,
        mentor_id=session.mentor_id,
        amount_minor=booking.price_minor,
        currency=booking.currency,
        commission_minor=commission_of(booking.price_minor),
        provider_key=f"payment:{number}",
        created_at=now(),
    )
    await record_transition("payment", payment.id, "", payment.status, booking.learner_id)
    await enqueue(BEGIN, {"payment_id": payment.id}, run_at=now() + REPAIR_AFTER)
    return payment


async def _call_off_earlier(booking: Booking) -> None:
    """An earlier try for the same seat, which may be open in another tab, is not to be paid any more."""
    earlier = Payment.filter(
        session_id=booking.session_id, learner_id=booking.learner_id, status__in=UNPAID
    )
    for payment_id in await earlier.values_list("id", flat=True):
        await enqueue(CALL_OFF, {"payment_id": payment_id})
