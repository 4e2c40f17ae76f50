"""REST of booking and paying (`/api/v1`): parse, call one function, answer."""

from __future__ import annotations

from typing import Literal

from aiohttp import web
from pydantic import BaseModel

from server.booking import service as booking
from server.booking.shapes import booking_shape
from server.booking.states import BookingStatus
from server.edge.access import require_viewer
from server.edge.api import ok, read_json
from server.edge.openapi import described
from server.edge.paths import id_in_path
from server.infra.clock import now
from server.payments.checkout.beginning import begin_payment, payment_for
from server.payments.checkout.calling_off import CREDIT
from server.payments.checkout.checking import check_payment
from server.payments.checkout.crediting import pay_by_credit
from server.payments.checkout.shapes import BookedShape, PaymentShape, payment_shape


class Paying(BaseModel):
    """`credit` is what we owe the learner."""

    method: Literal["card", "credit"] = "card"


@described(data=BookedShape, statuses=(200, 201))
async def book_session(request: web.Request) -> web.StreamResponse:
    """201 with a new booking, 200 with the one that was there, and its payment. Free seats need none; a
    seat that was offered is taken so."""
    asking = require_viewer(request)
    booked = await booking.book_session(id_in_path(request), asking)
    payment = await payment_for(booked.booking_id, asking)
    row = await booking.get_booking(booked.booking_id, asking, now())
    data: BookedShape = {
        "booking": booking_shape(row),
        "payment": payment_shape(payment) if payment else None,
    }
    if not booked.created:
        return ok(data, "You have this seat already.")
    held = row.status == BookingStatus.HELD
    return ok(data, "Your seat is held until it is paid." if held else "Your seat is booked.", 201)


@described(body=Paying, data=PaymentShape)
async def begin(request: web.Request) -> web.StreamResponse:
    """Begin to pay for a held seat by card, or go on with it; or pay it whole by credit."""
    asked, asking = await read_json(request, Paying), require_viewer(request)
    pay = pay_by_credit if asked.method == CREDIT else begin_payment
    return ok(payment_shape(await pay(id_in_path(request), asking)))


@described(data=PaymentShape)
async def check(request: web.Request) -> web.StreamResponse:
    """Ask the provider now how far a payment is, and apply what it says."""
    payment = await check_payment(id_in_path(request), require_viewer(request))
    return ok(payment_shape(payment))
