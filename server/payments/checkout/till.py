"""Where a learner stands with paying one seat: what the pay page shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from server.booking import service as booking
from server.booking.seats.cancelling import own_booking
from server.booking.states import SEATED, BookingStatus
from server.booking.values import BookingRow
from server.edge.access import Viewer
from server.infra.clock import now
from server.infra.errors import Unavailable
from server.payments.checkout.beginning import begin_payment
from server.payments.checkout.checking import check_payment
from server.payments.checkout.crediting import credit_of
from server.payments.models import Payment
from server.payments.states import PAID, PaymentStatus


class Stage(StrEnum):
    """`waiting`: the money is on its way. `over`: the seat is gone and nothing was paid. `returned`: it
    was paid when the seat was gone."""

    OPEN = "open"
    WAITING = "waiting"
    SEATED = "seated"
    OVER = "over"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Till:
    """`payment` has its intent where the till is open."""

    stage: Stage
    booking: BookingRow
    payment: Payment | None
    credit_minor: int

    @property
    def covered(self) -> bool:
        """Whether what we owe the learner pays for all of it."""
        return self.credit_minor >= self.booking.price_minor > 0


async def look_at_till(booking_id: UUID, viewer: Viewer, *, came_back: bool) -> Till:
    """Of the viewer's own booking. Who `came_back` from the provider may have paid: that is asked first.

    Raises NotFound."""
    own = await own_booking(booking_id, viewer)
    payment = await Payment.get_or_none(booking_id=own.id)
    unsure = payment is not None and came_back and not await _checked(payment, viewer)
    row = await booking.get_booking(booking_id, viewer, now())
    stage = _stage(row, payment, unsure=unsure)
    credit = await credit_of(viewer.user_id, row.currency) if stage is Stage.OPEN else 0
    return Till(stage, row, payment, credit)


async def open_till(till: Till, viewer: Viewer) -> Payment:
    """The payment, ready for a card. Raises Forbidden(unverified), Conflict, Invalid, GatewayDown."""
    return await begin_payment(till.booking.id, viewer)


async def _checked(payment: Payment, viewer: Viewer) -> bool:
    """False where the provider can't be asked."""
    try:
        seen = await check_payment(payment.public_id, viewer)
    except Unavailable:
        return False
    payment.status, payment.failure = seen.status, seen.failure
    return True


def _stage(row: BookingRow, payment: Payment | None, *, unsure: bool) -> Stage:
    if row.status in SEATED:
        return Stage.SEATED
    if payment is not None and payment.status in PAID:
        return Stage.RETURNED
    if unsure or (payment is not None and payment.status == PaymentStatus.PROCESSING):
        return Stage.WAITING
    held_until = row.hold_expires_at
    held = row.status == BookingStatus.HELD and held_until is not None and now() < held_until
    return Stage.OPEN if held and row.price_minor else Stage.OVER
