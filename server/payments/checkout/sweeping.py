"""Payments that are neither paid nor over are asked for: soon after they began, then ever rarer. Those
whose seat is gone are called off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog

from server.booking.models import Booking
from server.booking.states import SEATED, BookingStatus
from server.infra.clock import now
from server.infra.errors import Invalid
from server.payments.checkout.calling_off import call_off
from server.payments.checkout.syncing import sync_payment
from server.payments.gateway.answers import GatewayDown, GatewayRefused
from server.payments.models import Payment
from server.payments.states import PAID, UNPAID

SOON = timedelta(minutes=1)
RARELY = timedelta(hours=6)
# After the hold somebody may still be confirming their card: the seat is theirs if nobody took it.
LATE = timedelta(minutes=15)
FEE_KNOWN = timedelta(days=7)  # by then the provider has said what it took
AT_ONCE = 500

log = structlog.get_logger()
COLUMNS = ("id", "status", "created_at", "checked_at", "booking__status", "booking__cancelled_at")


async def sweep() -> None:
    """One round. It ends where the provider is away."""
    try:
        for row in await Payment.filter(status__in=UNPAID).order_by("id").limit(AT_ONCE).values(*COLUMNS):
            await _look_after(row)
        await _ask_for_fees()
    except GatewayDown as down:
        log.warning("payments can't be asked for: the provider is away", why=down.why)


async def call_off_lost(booking_id: int) -> None:
    """The seat of a booking is gone: what was not paid yet is not to be paid. Raises GatewayDown."""
    payment = await Payment.get_or_none(booking_id=booking_id, status__in=UNPAID)
    booking = await Booking.get(id=booking_id)
    if payment is not None and unwanted(booking.status, booking.cancelled_at, now()):
        await call_off(payment.id)


def unwanted(booking_status: str, lost_at: datetime | None, at: datetime) -> bool:
    """Whether a seat that is not paid is lost for good."""
    if booking_status == BookingStatus.EXPIRED:
        return lost_at is None or at >= lost_at + LATE
    return booking_status not in (BookingStatus.HELD, *SEATED)


def is_due(created_at: datetime, checked_at: datetime | None, at: datetime) -> bool:
    """The pauses between two questions double."""
    last = checked_at or created_at
    return at >= last + min(max(last - created_at, SOON), RARELY)


async def _look_after(row: Mapping[str, Any]) -> None:
    """Raises GatewayDown."""
    if not is_due(row["created_at"], row["checked_at"], now()):
        return
    over = unwanted(row["booking__status"], row["booking__cancelled_at"], now())
    await _asked(row["id"], off=over)


async def _ask_for_fees() -> None:
    """Of what was paid, and its fee was not known then."""
    since = now() - FEE_KNOWN
    waiting = Payment.filter(
        status__in=PAID, method="card", provider_fee_minor__isnull=True, succeeded_at__gte=since
    )
    for row in await waiting.order_by("id").limit(AT_ONCE).values("id", "created_at", "checked_at"):
        if is_due(row["created_at"], row["checked_at"], now()):
            await _asked(row["id"], off=False)


async def _asked(payment_id: int, *, off: bool) -> None:
    """One that the provider refuses is in nobody's way. Raises GatewayDown."""
    try:
        await (call_off if off else sync_payment)(payment_id)
    except (GatewayRefused, Invalid) as refused:
        log.error("the provider wants nothing of a payment", payment=payment_id, code=refused.code)
        await Payment.filter(id=payment_id).update(checked_at=now())
