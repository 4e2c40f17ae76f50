"""Pages that list bookings and sessions: a learner's and a mentor's."""

from __future__ import annotations

from typing import cast

from aiohttp import web

from server.booking import service
from server.booking.said import said
from server.edge.access import require_viewer
from server.edge.templates import render
from server.infra.clock import now

BOOKING_TABS = (("upcoming", "Upcoming"), ("past", "Past"), ("cancelled", "Cancelled"))
MENTOR_TABS = (
    ("upcoming", "Upcoming"),
    ("drafts", "Drafts"),
    ("past", "Past"),
    ("cancelled", "Cancelled"),
)


async def bookings(request: web.Request) -> web.StreamResponse:
    tab = cast(service.BookingTab, _tab(request, BOOKING_TABS))
    rows = await service.learner_bookings(require_viewer(request).user_id, tab, now())
    context = {"tabs": _tab_links(request, BOOKING_TABS), "tab": tab, "bookings": rows}
    return render(request, "booking/bookings.html", {**context, "flash": said(request)})


async def mentor_sessions(request: web.Request) -> web.StreamResponse:
    tab = cast(service.MentorTab, _tab(request, MENTOR_TABS))
    sessions = await service.mentor_sessions(require_viewer(request).user_id, tab)
    context = {"tabs": _tab_links(request, MENTOR_TABS), "tab": tab, "sessions": sessions}
    return render(request, "booking/mentor_sessions.html", {**context, "flash": said(request)})


def _tab(request: web.Request, tabs: tuple[tuple[str, str], ...]) -> str:
    asked = request.query.get("tab", "")
    return asked if asked in dict(tabs) else tabs[0][0]


def _tab_links(request: web.Request, tabs: tuple[tuple[str, str], ...]) -> list[tuple[str, str, str]]:
    """Triples of key, words and address."""
    return [(key, words, f"{request.path}?tab={key}") for key, words in tabs]
