"""What follows the beginning of a payment by itself, and what repairs it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from server.booking.paying import taking_payments
from server.infra.errors import Invalid
from server.infra.outbox import Lane, job, periodic
from server.payments.checkout import strays, sweeping
from server.payments.checkout.beginning import BEGIN, CALL_OFF
from server.payments.checkout.calling_off import call_off
from server.payments.checkout.intending import with_intent
from server.payments.models import Payment
from server.payments.states import UNPAID


@job(BEGIN, lane=Lane.MONEY)
async def begin(payload: dict[str, Any]) -> None:
    """A payment was written and its intent not stored: ask again, under the same key."""
    payment = await Payment.get(id=payload["payment_id"])
    if payment.status in UNPAID:
        try:
            await with_intent(payment)
        except Invalid:
            return  # it is called off by that


@job(CALL_OFF, lane=Lane.MONEY)
async def call_off_unwanted(payload: dict[str, Any]) -> None:
    await call_off(int(payload["payment_id"]))


@job(strays.RETURN, lane=Lane.MONEY)
async def return_stray(payload: dict[str, Any]) -> None:
    await strays.send_back(payload)


@job("payments.seat_gone", lane=Lane.MONEY)
async def seat_gone(payload: dict[str, Any]) -> None:
    """A seat that was not paid is its learner's no more."""
    await sweeping.call_off_lost(int(payload["booking_id"]))


@periodic("payments.sweep", every=timedelta(minutes=1), lane=Lane.MONEY)
async def sweep(payload: dict[str, Any]) -> None:
    """What no event told us, and what nobody is going to pay any more."""
    if taking_payments():
        await sweeping.sweep()
