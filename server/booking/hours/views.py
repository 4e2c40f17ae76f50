"""The page on which a mentor says when they teach, and sees what learners will see. It works without
scripts: a button that adds or copies hours brings the page again, with nothing saved yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiohttp import web

from server.accounts.views import error_lines
from server.booking.catalogue import lessons_ahead
from server.booking.forms import DURATIONS
from server.booking.hours.form import WeekForm, form_of, form_sent, hours_of, pressed, row_name
from server.booking.hours.override_form import override_id, override_of
from server.booking.hours.preview import FreeDay, free_days
from server.booking.hours.slots import free_of
from server.booking.hours.slots_api import midnight
from server.booking.times import zone_names
from server.edge.access import Viewer, require_viewer
from server.edge.errors import status_of
from server.edge.redirects import see_other
from server.edge.templates import read_form, render
from server.infra.clock import now
from server.infra.errors import DomainError, Invalid
from server.people.availability import Availability
from server.people.hour_rules import DAYS
from server.people.timetable import add_override, keep_week, own_availability, remove_override

PAGE = "/profile/edit/availability"
PREVIEW_DAYS = 14
USUAL_MINUTES = 60
PAUSES = ((0, "None"), *((count, f"{count} minutes") for count in (5, 10, 15, 20, 30, 45, 60)))
NOTICES = (
    (0, "None"),
    (60, "1 hour"),
    (120, "2 hours"),
    (240, "4 hours"),
    (720, "12 hours"),
    (1440, "1 day"),
    (2880, "2 days"),
    (4320, "3 days"),
    (10080, "1 week"),
)
SAID = {
    "saved": "Your hours are saved. Learners see them at once.",
    "added": "These days are changed.",
    "removed": "Your usual hours hold on these days again.",
}


@dataclass(frozen=True, slots=True)
class Look:
    """Through whose eyes the preview looks: a zone, and how long their lesson is."""

    zone: str
    minutes: int

    @property
    def query(self) -> str:
        return urlencode({"zone": self.zone, "minutes": self.minutes})


async def hours_page(request: web.Request) -> web.StreamResponse:
    mentor = require_viewer(request)
    hours = await own_availability(mentor)
    said = SAID.get(request.query.get("done", ""))
    return await _page(request, hours, form_of(hours), flash=said)


async def change_hours(request: web.Request) -> web.StreamResponse:
    """Save, or change the rows of the form."""
    mentor, sent = require_viewer(request), await read_form(request)
    form, button = form_sent(sent), str(sent.get("do", "save"))
    hours = await own_availability(mentor)
    if button != "save":
        return await _page(request, hours, pressed(form, button), saved=False)
    try:
        wanted = hours_of(form, hours)
    except Invalid as refused:
        return await _page(request, hours, form, refused=refused, saved=False)
    await keep_week(
        mentor,
        wanted.weekly,
        buffer_minutes=wanted.buffer_minutes,
        notice_minutes=wanted.notice_minutes,
    )
    return see_other(f"{PAGE}?done=saved&{_look(request, mentor).query}")


async def change_dates(request: web.Request) -> web.StreamResponse:
    """Other hours on some dates, or away; or the usual ones again."""
    mentor, sent = require_viewer(request), await read_form(request)
    if gone := override_id(sent):
        await remove_override(mentor, gone)
        return _dates_done(request, "removed")
    try:
        await add_override(mentor, override_of(sent))
    except Invalid as refused:
        hours = await own_availability(mentor)
        return await _page(request, hours, form_of(hours), dates=sent, refused=refused)
    return _dates_done(request, "added")


def _dates_done(request: web.Request, done: str) -> web.Response:
    return see_other(f"{PAGE}?done={done}&{_look(request, require_viewer(request)).query}#dates")


# --- the page


async def _page(
    request: web.Request,
    hours: Availability,
    form: WeekForm,
    *,
    dates: Mapping[str, Any] | None = None,
    refused: DomainError | None = None,
    saved: bool = True,
    flash: str | None = None,
) -> web.Response:
    mentor = require_viewer(request)
    look, wanted = _look(request, mentor), _as_typed(hours, form)
    context = {
        "form": form,
        "dates": dates or {"kind": "away"},
        "errors": error_lines(refused) if refused else {},
        "saved": saved,
        "flash": flash,
        "look": look,
        "hours": hours,
        "days": DAYS,
        "row_name": row_name,
        "pauses": _choices(PAUSES, form.buffer_minutes),
        "notices": _choices(NOTICES, form.notice_minutes),
        "durations": DURATIONS,
        "zones": sorted(zone_names()),
        "preview": await _preview(mentor, wanted, look) if wanted else None,
        "planned": await _planned(mentor, hours),
    }
    return render(request, "booking/hours.html", context, status_of(refused) if refused else 200)


def _choices(usual: Sequence[tuple[int, str]], chosen: str) -> list[tuple[int, str]]:
    """With what the API may have set besides."""
    others = {int(chosen): f"{chosen} minutes"} if chosen.isdecimal() else {}
    return sorted({**others, **dict(usual)}.items())


def _look(request: web.Request, mentor: Viewer) -> Look:
    """As the address says; what it says wrongly is left out."""
    zone, minutes = request.query.get("zone", ""), request.query.get("minutes", "")
    lengths = {str(each): each for each in DURATIONS}
    return Look(zone if zone in zone_names() else mentor.timezone, lengths.get(minutes, USUAL_MINUTES))


def _as_typed(hours: Availability, form: WeekForm) -> Availability | None:
    """The hours with what is typed and not saved yet; None while that makes no sense."""
    try:
        return hours_of(form, hours)
    except Invalid:
        return None


async def _preview(mentor: Viewer, hours: Availability, look: Look) -> list[FreeDay]:
    where, present = ZoneInfo(look.zone), now()
    today = present.astimezone(where).date()
    until = midnight(today + timedelta(days=PREVIEW_DAYS), where)
    slots = await free_of(
        mentor.user_id, hours, minutes=look.minutes, now=present, since=present, until=until
    )
    return free_days(slots, look.zone, today, PREVIEW_DAYS)


async def _planned(mentor: Viewer, hours: Availability) -> dict[str, int]:
    """How many lessons are planned on the dates of each override, by its id: they stay."""
    where = ZoneInfo(hours.timezone)
    dates = [start.astimezone(where).date() for start in await lessons_ahead(mentor.user_id, now())]
    return {
        str(each.id): sum(each.first_date <= day <= each.last_date for day in dates)
        for each in hours.overrides
    }
