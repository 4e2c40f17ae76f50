"""Pages that list bookings and sessions, and the same as tables: of a learner, a mentor, a session."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from aiohttp import web

from server.booking import service
from server.booking.drafting.drafts import drafts_of
from server.booking.requests.listing import learners_requests
from server.booking.roster import Seat, require_mentor_of, roster
from server.booking.said import said
from server.booking.taught import all_taught, tab_of_sessions
from server.booking.times import wall_time
from server.edge.access import require_viewer
from server.edge.api import timestamp
from server.edge.paging import Part
from server.edge.paths import id_in_path
from server.edge.tables import MOST_ROWS, amount, table_file
from server.edge.templates import render
from server.infra.clock import now

PER_PAGE = 20
BOOKING_TABS = (
    ("upcoming", "Upcoming"),
    ("requests", "Requests"),
    ("past", "Past"),
    ("cancelled", "Cancelled"),
)
MENTOR_TABS = (
    ("upcoming", "Upcoming"),
    ("drafts", "Drafts"),
    ("past", "Past"),
    ("cancelled", "Cancelled"),
)
BOOKING_COLUMNS = (
    *("booking", "session", "mentor", "starts_at", "timezone", "local_start", "minutes"),
    *("status", "price", "refund", "currency", "booked_at"),
)
SESSION_COLUMNS = (
    *("session", "title", "starts_at", "timezone", "local_start", "minutes"),
    *("status", "seats", "booked", "price", "currency"),
)
SEAT_COLUMNS = (
    *("learner", "username", "status", "price", "refund", "currency"),
    *("booked_at", "confirmed_at", "cancelled_at"),
)


# --- a learner's


async def bookings(request: web.Request) -> web.StreamResponse:
    tab = _tab(request, BOOKING_TABS)
    context = {"tabs": _tab_links(request, BOOKING_TABS), "tab": tab, "flash": said(request)}
    if tab == "requests":
        open_, over = await learners_requests(require_viewer(request).user_id, now())
        return render(request, "booking/bookings.html", {**context, "open": open_, "over": over})
    return render(request, "booking/bookings.html", {**context, **await _bookings(request, tab)})


async def _bookings(request: web.Request, tab: str) -> dict[str, Any]:
    part, learner_id = Part.asked(request, PER_PAGE), require_viewer(request).user_id
    found = await service.tab_of_bookings(
        learner_id, cast(service.BookingTab, tab), now(), part.offset, part.per_page
    )
    return {"bookings": found.items, "page": part.of(found.total)}


async def bookings_table(request: web.Request) -> web.StreamResponse:
    """All of a learner's bookings, the newest first."""
    viewer = require_viewer(request)
    found = await service.all_bookings(viewer.user_id, now(), 0, MOST_ROWS)
    rows = (
        (
            *(str(each.id), each.session.title, each.session.mentor.name),
            *_when(each.session, viewer.timezone),
            *(each.status, amount(each.price_minor, each.currency)),
            *(amount(each.refund_minor, each.currency), each.currency, timestamp(each.created_at)),
        )
        for each in found.items
    )
    return table_file("bookings.csv", BOOKING_COLUMNS, rows)


# --- a mentor's


async def mentor_sessions(request: web.Request) -> web.StreamResponse:
    tab = cast(service.MentorTab, _tab(request, MENTOR_TABS))
    part = Part.asked(request, PER_PAGE)
    mentor_id = require_viewer(request).user_id
    sessions, total = await tab_of_sessions(mentor_id, tab, part.offset, part.per_page)
    context = {
        "tabs": _tab_links(request, MENTOR_TABS),
        "tab": tab,
        "sessions": sessions,
        "begun": await drafts_of(mentor_id) if tab == "drafts" and not part.offset else [],
        "page": part.of(total),
        "flash": said(request),
    }
    return render(request, "booking/mentor_sessions.html", context)


async def sessions_table(request: web.Request) -> web.StreamResponse:
    """All sessions of a mentor but drafts, the newest first."""
    viewer = require_viewer(request)
    rows = (
        (
            *(str(each.id), each.title, *_when(each, viewer.timezone)),
            *(each.status, each.capacity, each.seats_taken),
            *(amount(each.price_minor, each.currency), each.currency),
        )
        for each in await all_taught(viewer.user_id, MOST_ROWS)
    )
    return table_file("sessions.csv", SESSION_COLUMNS, rows)


async def session_table(request: web.Request) -> web.StreamResponse:
    session_id, viewer = id_in_path(request), require_viewer(request)
    require_mentor_of(await service.get_session(session_id, viewer), viewer)
    rows = _seat_rows(await roster(session_id, viewer.user_id))
    return table_file("session-bookings.csv", SEAT_COLUMNS, rows)


def _seat_rows(seats: Iterable[Seat]) -> Iterable[tuple[object, ...]]:
    for seat in seats:
        times = (seat.created_at, seat.confirmed_at, seat.cancelled_at)
        money = (seat.price_minor, seat.refund_minor)
        yield (
            *(seat.learner.name, seat.learner.username, seat.status),
            *(amount(each, seat.currency) for each in money),
            seat.currency,
            *(timestamp(each) if each else None for each in times),
        )


# --- both


def _when(session: service.SessionCard, zone: str) -> tuple[object, ...]:
    """The instant, and what the clocks of the reader's zone show then."""
    wall = wall_time(session.starts_at, zone)
    return timestamp(session.starts_at), zone, wall, session.duration_minutes


def _tab(request: web.Request, tabs: tuple[tuple[str, str], ...]) -> str:
    asked = request.query.get("tab", "")
    return asked if asked in dict(tabs) else tabs[0][0]


def _tab_links(request: web.Request, tabs: tuple[tuple[str, str], ...]) -> list[tuple[str, str, str]]:
    """Triples of key, words and address."""
    return [(key, words, f"{request.path}?tab={key}") for key, words in tabs]
