"""Pages on which a learner books: what is booked, the held seat, the queue, and giving it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from aiohttp import web

from server.booking import service
from server.booking.holding import holding
from server.booking.paying import papers_of
from server.booking.said import said
from server.booking.seats.again import same_slot
from server.booking.states import BookingStatus
from server.booking.timeline import booking_moments
from server.booking.waiting.queue import join_waitlist, leave_waitlist, place_of, waiting_for
from server.edge.access import Viewer, require_viewer
from server.edge.errors import status_of
from server.edge.paths import id_in_path
from server.edge.redirects import see_other
from server.edge.templates import read_form, render
from server.infra.clock import now
from server.infra.errors import Conflict, DomainError, Forbidden

SIMILAR = 3  # sessions that are offered to who came too late


# --- booking


async def book_page(request: web.Request) -> web.StreamResponse:
    return await _book_page(request, id_in_path(request))


async def book(request: web.Request) -> web.StreamResponse:
    """Take a seat. Whoever comes too late is told on the page what else they can do."""
    session_id, asking = id_in_path(request), require_viewer(request)
    try:
        booked = await service.book_session(session_id, asking)
    except (Conflict, Forbidden) as refused:
        return await _book_page(request, session_id, refused)
    booking = await service.get_booking(booked.booking_id, asking, now())
    if booking.pay_url:
        return see_other(booking.pay_url)
    if booking.status == BookingStatus.HELD:
        return see_other(f"/sessions/{session_id}/book")
    return see_other(f"/sessions/{session_id}?done=booked")


async def wait(request: web.Request) -> web.StreamResponse:
    """Join the queue, or leave it (`do=leave`), which also declines a seat that was offered."""
    session_id, asking = id_in_path(request), require_viewer(request)
    leaving = (await read_form(request)).get("do") == "leave"
    try:
        await (leave_waitlist if leaving else join_waitlist)(session_id, asking)
    except Conflict as refused:
        return await _book_page(request, session_id, refused)
    return see_other(f"/sessions/{session_id}?done={'waits_no_more' if leaving else 'waits'}")


async def _book_page(
    request: web.Request, session_id: UUID, refused: DomainError | None = None
) -> web.Response:
    asking = require_viewer(request)
    session = await service.get_session(session_id, asking)
    booking = await _held_or_booked(session, asking)
    context = {
        "session": session,
        "booking": booking,
        "can": service.abilities(session, booking, asking, now()),
        "terms": service.terms_of(session, booking),
        "place": await place_of(session_id, asking.user_id),
        "waiting": await waiting_for(session_id),
        "similar": await service.similar_sessions(session, now(), SIMILAR, asking.user_id),
        "holding": holding(),
        "errors": {"form": refused.message} if refused else {},
    }
    return render(request, "booking/book.html", context, status_of(refused) if refused else 200)


async def _held_or_booked(session: service.SessionDetail, asking: Viewer) -> service.BookingRow | None:
    """A hold whose time is over is none, also in the moment before it is ended."""
    booking = await service.booking_for(session, asking.user_id, now())
    ends_at = booking.hold_expires_at if booking and booking.status == BookingStatus.HELD else None
    return None if ends_at is not None and ends_at <= now() else booking


# --- one booking


async def booking_page(request: web.Request) -> web.StreamResponse:
    return await _booking_page(request, id_in_path(request))


async def cancel_booking(request: web.Request) -> web.StreamResponse:
    """Give it back for what was shown; if that is less by now, the page shows it again."""
    booking_id, asking, sent = id_in_path(request), require_viewer(request), await read_form(request)
    percent, reason = str(sent.get("percent", "")), str(sent.get("reason", ""))[:1000]
    shown = int(percent) if percent.isascii() and percent.isdigit() and len(percent) < 4 else None
    try:
        await service.cancel_booking(booking_id, asking, reason, percent=shown)
    except Conflict as refused:
        return await _booking_page(request, booking_id, refused, sent)
    return see_other(f"/bookings/{booking_id}?done=left")


async def book_again(request: web.Request) -> web.StreamResponse:
    """To where the same weekly slot is booked, or asked for."""
    return see_other(await same_slot(id_in_path(request), require_viewer(request)))


async def _booking_page(
    request: web.Request,
    booking_id: UUID,
    refused: DomainError | None = None,
    sent: dict[str, Any] | None = None,
) -> web.Response:
    asking = require_viewer(request)
    booking = await service.get_booking(booking_id, asking, now())
    context = {
        "booking": booking,
        "session": booking.session,
        "refund": await _refund(booking, asking),
        "papers": await papers_of(booking_id) if booking.price_minor else None,
        "moments": await booking_moments(booking_id, asking.user_id),
        "form": sent or {},
        "errors": {"form": refused.message} if refused else {},
        "flash": said(request),
    }
    return render(request, "booking/booking.html", context, status_of(refused) if refused else 200)


async def _refund(booking: service.BookingRow, asking: Viewer) -> service.Refund | None:
    """None where it can't be given back."""
    return await service.cancellation(booking.id, asking) if booking.can_cancel else None
