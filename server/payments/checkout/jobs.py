"""What follows the beginning of a payment by itself, and what repairs it."""

from __future__ import annotations

from typing import Any

from server.infra.errors import Invalid
from server.infra.outbox import job
from server.payments.checkout import strays
from server.payments.checkout.beginning import BEGIN, CALL_OFF
from server.payments.checkout.calling_off import call_off
from server.payments.checkout.intending import with_intent
from server.payments.models import Payment
from server.payments.states import UNPAID


@job(BEGIN)
async def begin(payload: dict[str, Any]) -> None:
    """A payment was written and its intent not stored: ask again, under the same key."""
    payment = await Payment.get(id=payload["payment_id"])
    if payment.status in UNPAID:
        try:
            await with_intent(payment)
        except Invalid:
            return  # it is called off by that


@job(CALL_OFF)
async def call_off_unwanted(payload: dict[str, Any]) -> None:
    await call_off(int(payload["payment_id"]))


@job(strays.RETURN)
async def return_stray(payload: dict[str, Any]) -> None:
    await strays.send_back(payload)
