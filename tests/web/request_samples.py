"""What the pages of requests are rendered with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from server.booking.forms import DURATIONS
from server.booking.hours.choosing import Choice, Choices
from server.booking.requests.instead import Instead
from server.booking.requests.listing import RequestRow, Span
from server.booking.requests.views import TABS
from server.booking.values import Person, SessionCard
from server.people.mentors import Mentor

NOW = datetime(2026, 11, 23, 17, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
LONG = "Maximiliane-Théodora von Hohenschwangau-Featherstonehaugh"
ASKED = Span(NOW + 72 * HOUR, NOW + 73 * HOUR)
MIDNIGHT = Span(NOW + 100 * HOUR, NOW + 104 * HOUR)
ROW = RequestRow(
    id=UUID(int=7),
    role="mentor",
    status="requested",
    topic="Window functions in SQL",
    message="I can write joins.\nWindow functions scare me.",
    answer="",
    asked=ASKED,
    proposed=None,
    duration_minutes=60,
    timezone="Europe/Paris",
    price_minor=4500,
    currency="EUR",
    mentor=Person("tomasz", "Tomasz Wiśniewski"),
    learner=Person("ines", "Ines Albers"),
    session_id=None,
    created_at=NOW - HOUR,
    expires_at=NOW + 47 * HOUR,
    answered_at=None,
)
PROPOSED = replace(
    ROW, status="proposed", proposed=MIDNIGHT, answer="I am away that week. Is this possible?"
)
ACCEPTED = replace(ROW, status="accepted", session_id=UUID(int=9), price_minor=0, answered_at=NOW)
DECLINED = replace(ROW, status="declined", answer="I teach no Git.", answered_at=NOW)
LATE = replace(ROW, expires_at=NOW - HOUR)
TO_LONG = replace(
    ROW,
    topic="Donaudampfschifffahrtsgesellschaftskapitänspatentprüfung " * 2,
    learner=Person("max", LONG),
    message="Warum " * 300,
)
DAYS = tuple(
    (
        date(2026, 11, 24 + day),
        tuple(Choice(f"2026-11-{24 + day}T{hour}:00", f"{hour}:00") for hour in hours),
    )
    for day, hours in ((0, (9,)), (1, range(10, 22)), (4, (18, 19)))
)
CHOICES = Choices(DAYS, date(2026, 11, 23), date(2026, 11, 29), None, date(2026, 11, 30))
NOTHING = Choices((), date(2026, 11, 30), date(2026, 12, 6), date(2026, 11, 23), date(2026, 12, 7))
TAB_LINKS = [(key, words, f"?tab={key}") for key, words in TABS]
MENTOR = Mentor(7, "tomasz", "Tomasz Wiśniewski", "", "Listens first", ("en",), ("SQL",), 4500, "EUR")


def _list(tab: str, *rows: RequestRow) -> dict[str, Any]:
    return {"tabs": TAB_LINKS, "tab": tab, "requests": list(rows), "flash": None}


def _page(row: RequestRow, **more: Any) -> dict[str, Any]:
    usual = {
        "request": row,
        "open": row.open(NOW),
        "can_accept": row.can_accept(NOW),
        "paid": False,
        "choices": CHOICES,
        "instead": Instead(),
        "form": {},
        "errors": {},
        "flash": None,
    }
    return {**usual, **more}


def _form(**more: Any) -> dict[str, Any]:
    usual = {
        "mentor": MENTOR,
        "form": {"duration_minutes": 60},
        "minutes": 60,
        "durations": DURATIONS,
        "price_minor": 4500,
        "paid": True,
        "choices": CHOICES,
        "errors": {},
    }
    return {**usual, **more}


def _as_learner(row: RequestRow) -> RequestRow:
    return replace(row, role="learner")


OTHERS = Instead(
    (MENTOR, replace(MENTOR, name=LONG, headline="Donaudampfschifffahrt " * 4)),
    (
        SessionCard(
            id=UUID(int=11),
            url="/sessions/11",
            title="Window functions, drawn",
            mentor=Person("ines", "Ines Albers"),
            mentor_id=3,
            starts_at=ASKED.starts_at,
            ends_at=ASKED.ends_at,
            duration_minutes=60,
            level="beginner",
            language="en",
            price_minor=0,
            currency="EUR",
            capacity=8,
            seats_taken=2,
            status="published",
            recording="auto",
            timezone="Europe/Paris",
            local_start="2026-11-26T18:20",
            skills=("SQL",),
            skill_slugs=("sql",),
        ),
    ),
)
TYPED = {
    "topic": "Call me",
    "message": "at +49 30 1234567",
    "slot": "own",
    "own_start": "2026-11-24T03:00",
    "duration_minutes": "90",
}
WRONG = {"message": "This looks like a phone number.", "starts_at": "Tomasz Wiśniewski is not free then."}
# The template, what it is given, and whether a mentor looks.
REQUEST_PAGES: dict[str, tuple[str, dict[str, Any], bool]] = {
    "requests": ("booking/requests.html", _list("waiting", ROW, PROPOSED, TO_LONG), True),
    "requests answered": ("booking/requests.html", _list("answered", ACCEPTED, DECLINED, LATE), True),
    "requests empty": ("booking/requests.html", _list("waiting"), True),
    "requests none answered": ("booking/requests.html", _list("answered"), True),
    "request asked": ("booking/request.html", _page(ROW), True),
    "request asked, paid": ("booking/request.html", _page(ROW, paid=True), True),
    "request, nothing free": (
        "booking/request.html",
        _page(TO_LONG, choices=NOTHING, form={"do": "propose", "slot": "own"}, errors=WRONG),
        True,
    ),
    "request proposed": ("booking/request.html", _page(PROPOSED), True),
    "request accepted": ("booking/request.html", _page(ACCEPTED), True),
    "request waiting": ("booking/request.html", _page(_as_learner(ROW)), False),
    "request with another time": ("booking/request.html", _page(_as_learner(PROPOSED), paid=True), False),
    "request declined": ("booking/request.html", _page(_as_learner(DECLINED)), False),
    "request declined, with others": (
        "booking/request.html",
        _page(_as_learner(DECLINED), instead=OTHERS),
        False,
    ),
    "request late": ("booking/request.html", _page(_as_learner(LATE)), False),
    "request form": ("booking/request_form.html", _form(), False),
    "request form wrong": (
        "booking/request_form.html",
        _form(form=TYPED, errors=WRONG, paid=False),
        False,
    ),
    "request form, nothing free": ("booking/request_form.html", _form(choices=NOTHING), False),
}
