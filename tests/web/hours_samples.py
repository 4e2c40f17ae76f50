"""What the page of a mentor's hours is rendered with."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from server.booking.forms import DURATIONS
from server.booking.hours.form import Row, WeekForm, form_of, row_name
from server.booking.hours.preview import FreeDay, FreeTime
from server.booking.hours.views import NOTICES, PAUSES, Look
from server.people.availability import Availability, Override, Weekly
from server.people.hour_rules import DAYS

AWAY = Override(date(2026, 12, 24), date(2027, 1, 2), note="With the family, far away from any desk")
EVENING = Override(date(2026, 11, 30), date(2026, 11, 30), 18 * 60, 24 * 60)
HOURS = Availability(
    "Europe/Berlin",
    True,
    buffer_minutes=15,
    notice_minutes=720,
    weekly=(Weekly(0, 540, 720), Weekly(0, 1080, 1440), Weekly(5, 600, 780)),
    overrides=(EVENING, AWAY),
)
NO_HOURS = Availability("America/Argentina/Buenos_Aires", False, notice_minutes=720)
FREE = [
    FreeDay(date(2026, 11, 23), (FreeTime(0, 90), FreeTime(1080, 1440))),
    *(FreeDay(date(2026, 11, 24) + timedelta(days=later), ()) for later in range(13)),
]
PAGE: dict[str, Any] = {
    "form": form_of(HOURS),
    "dates": {"kind": "away"},
    "errors": {},
    "saved": True,
    "flash": None,
    "look": Look("Europe/Berlin", 60),
    "hours": HOURS,
    "days": DAYS,
    "row_name": row_name,
    "pauses": PAUSES,
    "notices": NOTICES,
    "durations": DURATIONS,
    "zones": ["America/Argentina/Buenos_Aires", "Europe/Berlin", "UTC"],
    "preview": FREE,
    "planned": {str(AWAY.id): 2, str(EVENING.id): 0},
}
EMPTY = {
    **PAGE,
    "form": form_of(NO_HOURS),
    "hours": NO_HOURS,
    "look": Look("UTC", 60),
    "preview": [FreeDay(day.date, ()) for day in FREE],
    "planned": {},
}
TYPED = WeekForm(((Row("12:00", "09:00"), Row("18:00", "")), *((),) * 6), "15", "720")
WRONG = {
    **PAGE,
    "form": TYPED,
    "saved": False,
    "preview": None,
    "errors": {
        row_name(0, 0): "The end has to be after the start.",
        row_name(0, 1): "Give a start and an end.",
    },
}
WRONG_DATES = {
    **PAGE,
    "dates": {"kind": "hours", "first_date": "2026-12-24", "start": "09:00", "end": ""},
    "errors": {"first_date": "You are away from 24 December to 2 January already. Remove that first."},
}

HOURS_PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "hours": ("booking/hours.html", PAGE),
    "hours-none": ("booking/hours.html", EMPTY),
    "hours-unsaved": ("booking/hours.html", {**PAGE, "saved": False}),
    "hours-wrong": ("booking/hours.html", WRONG),
    "hours-wrong-dates": ("booking/hours.html", WRONG_DATES),
}
