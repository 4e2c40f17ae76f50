"""REST of booking and paying (`/api/v1`): parse, call one function, answer."""

from __future__ import annotations

from aiohttp import web

from server.booking import service as booking
from server.booking.shapes import booking_shape
from server.booking.states import BookingStatus
from server.edge.access import require_viewer
from server.edge.api import ok
from server.edge.openapi import described
from server.edge.paths import id_in_path
from server.infra.clock import now
from server.payments.checkout.beginning import begin_payment, payment_for
from server.payments.checkout.checking import check_payment
from server.payments.checkout.shapes import BookedShape, PaymentShape, payment_shape


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


@described(data=PaymentShape)
async def begin(request: web.Request) -> web.StreamResponse:
    """Begin to pay for a held seat, or go on with it."""
    payment = await begin_payment(id_in_path(request), require_viewer(request))
    return ok(payment_shape(payment))


@described(data=PaymentShape)
async def check(request: web.Request) -> web.StreamResponse:
    """Ask the provider now how far a payment is, and apply what it says."""
    payment = await check_payment(id_in_path(request), require_viewer(request))
    return ok(payment_shape(payment))
