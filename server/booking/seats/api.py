"""REST of bookings and of the queues for full sessions (`/api/v1`): parse, call one function, answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from aiohttp import web
from pydantic import Field
from typing_extensions import TypedDict

from server.booking import service
from server.booking.forms import Reason
from server.booking.shapes import BookingShape, booking_shape
from server.booking.waiting.queue import Place, join_waitlist, leave_waitlist
from server.edge.access import require_viewer
from server.edge.api import ok, page_of, paging, read_json
from server.edge.openapi import described
from server.edge.paths import id_in_path
from server.infra.clock import now


class Cancelling(Reason):
    """`percent` is what the learner was shown: with another one by now it is refused."""

    percent: Annotated[int, Field(ge=0, le=100)] | None = None


class CancellationShape(TypedDict):
    """What would be given back now; `changes_at` is until when this is so, null if it stays."""

    percent: int
    refund_minor: int
    currency: str
    changes_at: datetime | None


class PlaceShape(TypedDict):
    """A place in the queue for a full session, counted from 1 among those who are `waiting`;
    `booking_id` is the held booking of somebody to whom a seat is offered until `offer_ends_at`."""

    place: int
    waiting: int
    booking_id: UUID | None
    offer_ends_at: datetime | None


# --- bookings


@described(paged=True, item=BookingShape)
async def list_bookings(request: web.Request) -> web.StreamResponse:
    asked, asking = paging(request), require_viewer(request)
    found = await service.all_bookings(asking.user_id, now(), asked.offset, asked.per_page)
    items = [booking_shape(booking) for booking in found.items]
    return ok(page_of(items, asked.page, asked.per_page, found.total))


@described(data=BookingShape)
async def get_booking(request: web.Request) -> web.StreamResponse:
    booking = await service.get_booking(id_in_path(request), require_viewer(request), now())
    return ok(booking_shape(booking))


@described(data=CancellationShape)
async def cancellation(request: web.Request) -> web.StreamResponse:
    """What cancelling would give back; send its `percent` along with the cancelling."""
    asking, booking_id = require_viewer(request), id_in_path(request)
    back = await service.cancellation(booking_id, asking)
    booking = await service.get_booking(booking_id, asking, now())
    data: CancellationShape = {
        "percent": back.percent,
        "refund_minor": back.refund_minor,
        "currency": booking.currency,
        "changes_at": back.changes_at,
    }
    return ok(data)


@described(body=Cancelling, data=BookingShape)
async def cancel_booking(request: web.Request) -> web.StreamResponse:
    asking, booking_id = require_viewer(request), id_in_path(request)
    asked = await read_json(request, Cancelling)
    await service.cancel_booking(booking_id, asking, asked.reason, percent=asked.percent)
    booking = await service.get_booking(booking_id, asking, now())
    return ok(booking_shape(booking), "Your seat is free again.")


# --- queues


@described(data=PlaceShape)
async def join_queue(request: web.Request) -> web.StreamResponse:
    """Wait for a seat; who waits already keeps their place."""
    place = await join_waitlist(id_in_path(request), require_viewer(request))
    return ok(_place_shape(place), "We tell you as soon as a seat is free for you.")


async def leave_queue(request: web.Request) -> web.StreamResponse:
    """Wait no longer; a seat that was offered goes to the next."""
    await leave_waitlist(id_in_path(request), require_viewer(request))
    return ok(message="You are not waiting any more.")


def _place_shape(place: Place) -> PlaceShape:
    return {
        "place": place.number,
        "waiting": place.waiting,
        "booking_id": place.booking_id,
        "offer_ends_at": place.offer_ends_at,
    }
