"""What the pages of seats are rendered with: booking, one booking, and who booked a session."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from server.booking.holding import Holding
from server.booking.paying import Papers
from server.booking.policy import full_refund, policy_named, refund, terms
from server.booking.roster import Seat
from server.booking.timeline import Moment
from server.booking.values import Abilities, BookingRow, Person, SessionDetail
from server.booking.waiting.queue import Place
from tests.web.check_samples import LIMITED

NOW = datetime(2026, 11, 23, 17, 20, tzinfo=UTC)
LATER = NOW + timedelta(minutes=12, seconds=7)
WHY = "My train is late that day,\nand I would miss half of it. " * 3
MOMENTS = [
    Moment(NOW - timedelta(days=3), "booking.held", "", "offered from the waiting list"),
    Moment(NOW - timedelta(days=3), "booking.confirmed", "Lea Fontaine", "", own=True),
    Moment(NOW - timedelta(hours=1), "session.cancelled", "Mira Okafor", WHY),
    Moment(NOW - timedelta(hours=1), "booking.cancelled_by_mentor", "Mira Okafor", WHY),
]
PAPERS = Papers("/payments/1", "R-000017", "/api/v1/payments/1/receipt")
LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff " * 2


def booking_pages(
    session: SessionDetail, booking: BookingRow, alike: list[SessionDetail], viewer: Any, mentor: Any
) -> Mapping[str, tuple[Any, ...]]:
    """The pages of a priced session and of a booking of it, in all their states."""
    page: dict[str, Any] = {
        "session": session,
        "booking": None,
        "can": Abilities(),
        "terms": terms(policy_named("standard"), session.starts_at),
        "place": None,
        "waiting": 0,
        "similar": [],
        "holding": Holding(),
        "errors": {},
    }
    held = {**_row(booking), "status": "held", "hold_expires_at": LATER, "can_cancel": True}
    off = {**_row(booking), "status": "cancelled_by_mentor", "can_cancel": False}
    taken = {"form": "All seats of this session are taken."}
    back = refund(
        policy_named("standard"), 4500, session.starts_at, session.starts_at - timedelta(hours=20)
    )
    one = {
        "session": session,
        "moments": MOMENTS,
        "form": {},
        "errors": {},
        "flash": None,
        "refund": None,
        "papers": None,
    }
    changed = {"form": "By now 50 % of the price would be given back. Please look at it again."}
    whose = {
        "session": session,
        "roster": _seats(),
        "checks": {"lea": LIMITED},
        "waiting": 2,
        "moments": _of_all(),
    }
    books = {
        "book": {**page, "can": Abilities(book=True)},
        "book-held": {**page, "booking": BookingRow(**held, pay_url="/payments/1")},
        "book-offered": {**page, "booking": BookingRow(**held, offered=True)},
        "book-seated": {**page, "booking": booking},
        "book-full": {**page, "errors": taken, "waiting": 3, "similar": alike},
        "book-waiting": {**page, "place": Place(2, 7, NOW), "similar": alike},
        "book-over": {**page, "session": alike[0], "similar": alike},
    }
    bookings = {
        "booking": {**one, "booking": booking, "refund": full_refund(4500), "papers": PAPERS},
        "booking-held": {**one, "booking": BookingRow(**held), "refund": full_refund(0)},
        "booking-changed": {**one, "booking": booking, "refund": back, "errors": changed},
        "booking-cancelled": {**one, "booking": BookingRow(**off, refund_minor=4500), "papers": PAPERS},
    }
    return {
        **{name: ("booking/book.html", context, viewer) for name, context in books.items()},
        **{name: ("booking/booking.html", context, viewer) for name, context in bookings.items()},
        "session-bookings": ("booking/session_bookings.html", whose, mentor),
        "session-bookings-none": (
            "booking/session_bookings.html",
            {**whose, "roster": [], "waiting": 0},
            mentor,
        ),
    }


def _row(booking: BookingRow) -> dict[str, Any]:
    names = ("id", "status", "session", "price_minor", "currency", "hold_expires_at", "created_at")
    more = ("can_join", "can_cancel", "join_url", "recordings_url")
    return {name: getattr(booking, name) for name in (*names, *more)}


def _seats() -> list[Seat]:
    day = timedelta(days=1)
    return [
        Seat(
            Person("lea", "Lea Fontaine"),
            "confirmed",
            4500,
            "EUR",
            None,
            NOW - day,
            NOW,
            None,
            "/bookings/1/refund",
        ),
        Seat(Person("jun", LONG_NAME), "held", 4500, "EUR", None, NOW, None, None),
        Seat(Person("amara", "amara"), "cancelled_by_learner", 4500, "EUR", 2250, NOW - day, NOW, NOW),
    ]


def _of_all() -> list[Moment]:
    return [
        Moment(NOW - timedelta(days=4), "session.published", "Mira Okafor", "", own=True),
        Moment(NOW - timedelta(days=1), "booking.confirmed", "Lea Fontaine", "", "Lea Fontaine"),
        Moment(NOW, "booking.held", "", "", LONG_NAME),
        Moment(NOW, "booking.cancelled_by_learner", "amara", WHY, "amara"),
    ]
