"""What the pages of the calendar are rendered with."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from server.booking.hours.openings import Opening
from server.calendar import months, weeks
from server.calendar.agenda import Lesson
from server.calendar.days import monday_of
from server.calendar.feeds import Feed
from server.calendar.links import Links
from server.calendar.views import WAYS, Look

WHERE = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 11, 23)
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
LONG_TITLE = (
    "Donaudampfschifffahrtsgesellschaftskapitänspatentprüfung: everything you will be asked about"
)
LINKS = Links("/api/v1/sessions/1/calendar.ics", "https://google.example/", "https://outlook.example/")


def _lesson(number: int, hours: float, minutes: int, title: str, **changes: Any) -> Lesson:
    """So many hours after Monday's midnight in Greenwich."""
    begins = MONDAY + timedelta(hours=hours)
    usual = {"status": "published", "mentor": "Tomasz Wiśniewski", "seats_taken": 2, "capacity": 6}
    path = f"/sessions/{UUID(int=number)}"
    ends = begins + timedelta(minutes=minutes)
    return Lesson(UUID(int=number), title, path, begins, ends, **{**usual, **changes})


LESSONS = [
    _lesson(1, 9, 60, "Averages that lie", status="ended"),
    _lesson(2, 17, 45, "Closures by example", status="live", mentor=""),
    _lesson(3, 41, 15, "One question"),
    _lesson(4, 41.25, 15, LONG_TITLE, mentor="Maximiliane-Théodora von Hohenschwangau-Featherstonehaugh"),
    _lesson(5, 70.5, 90, "Over midnight", mentor=""),
    _lesson(6, 104, 120, LONG_TITLE, held=True),
]
BEGINS = [MONDAY + timedelta(hours=hours) for hours in (7, 56)]
OPENED = [Opening(begin, begin + timedelta(hours=4)) for begin in BEGINS]


def _page(look: Look, lessons: list[Lesson]) -> dict[str, Any]:
    first = months.first_of_month(look.day)
    monday = monday_of(look.day)
    opened = OPENED if lessons else []
    sheet = (
        {"week": weeks.week_of(monday, lessons, opened, WHERE, TODAY)}
        if look.way == "week"
        else {"month": months.month_of(first, lessons, WHERE, TODAY)}
    )
    return {
        "look": look,
        "today": TODAY,
        "earlier": look.turned(-1).href,
        "later": look.turned(1).href,
        "this": Look(look.way, TODAY).href,
        "tabs": [(way, words, Look(way, look.day).href) for way, words in WAYS],
        "zone": "Europe/Berlin",
        **sheet,
    }


def _feed(feed: Feed | None) -> dict[str, Any]:
    address = f"https://learn.example/calendar/{'x' * 48}.ics" if feed else ""
    webcal = address.replace("https", "webcal")
    return {"feed": feed, "address": address, "webcal": webcal, "zone": "Europe/Berlin", "flash": None}


READ = Feed(UUID(int=1), MONDAY, MONDAY + timedelta(hours=4))
UNREAD = Feed(UUID(int=1), MONDAY, None)

CALENDAR_PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "calendar-month": ("calendar/calendar.html", _page(Look("month", TODAY), LESSONS)),
    "calendar-month-none": ("calendar/calendar.html", _page(Look("month", TODAY), [])),
    "calendar-week": ("calendar/calendar.html", _page(Look("week", TODAY), LESSONS)),
    "calendar-week-none": ("calendar/calendar.html", _page(Look("week", date(2026, 3, 29)), [])),
    "calendar-feed": ("calendar/feed.html", _feed(READ)),
    "calendar-feed-unread": ("calendar/feed.html", _feed(UNREAD)),
    "calendar-feed-none": ("calendar/feed.html", _feed(None)),
}
