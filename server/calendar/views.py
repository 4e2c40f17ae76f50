"""Pages of the calendar: a month or a week in the viewer's zone, and the address of their feed. They work
without scripts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiohttp import web

from server.booking.hours.openings import Opening, openings
from server.calendar import feeds, months, weeks
from server.calendar.agenda import lessons_between
from server.calendar.days import DAY, midnight, monday_of
from server.calendar.secrets import secret_of
from server.edge.access import Viewer, require_viewer
from server.edge.keys import SETTINGS
from server.edge.redirects import see_other
from server.edge.templates import read_form, render
from server.infra.clock import now
from server.people.availability import availabilities

PAGE = "/dashboard/calendar"
FEED_PAGE = f"{PAGE}/feed"
FIRST, LAST = date(1971, 1, 1), date(2099, 12, 1)  # what can be turned to
SAID = {
    "on": "Your calendar has an address now. Give it to your calendar program.",
    "renew": "The address is new. Programs that have the old one get nothing any more.",
    "off": "The address is turned off. Programs that have it get nothing any more.",
}

CHANGES = {"on": feeds.turn_on, "renew": feeds.renew, "off": feeds.turn_off}
Way = Literal["month", "week"]
WAYS: tuple[tuple[Way, str], ...] = (("month", "Month"), ("week", "Week"))


@dataclass(frozen=True, slots=True)
class Look:
    """What was turned to: a month or a week, by one of its dates."""

    way: Way
    day: date

    @property
    def href(self) -> str:
        return f"{PAGE}?{urlencode({'view': self.way, 'day': self.day.isoformat()})}"

    def turned(self, count: int) -> Look:
        """So many months or weeks later, or earlier."""
        if self.way == "week":
            return Look("week", _within(monday_of(self.day) + 7 * count * DAY))
        return Look("month", _within(months.month_after(months.first_of_month(self.day), count)))


# --- the calendar


async def calendar_page(request: web.Request) -> web.StreamResponse:
    """`?view=month|week`, `?day=2026-11-24`."""
    asking = require_viewer(request)
    where = ZoneInfo(asking.timezone)
    today = now().astimezone(where).date()
    look = _asked(request, today)
    context = {
        "look": look,
        "today": today,
        "earlier": look.turned(-1).href,
        "later": look.turned(1).href,
        "this": Look(look.way, today).href,
        "tabs": [(way, words, Look(way, look.day).href) for way, words in WAYS],
        "zone": asking.timezone,
        **await _sheet(asking, look, where, today),
    }
    return render(request, "calendar/calendar.html", context)


def _asked(request: web.Request, today: date) -> Look:
    """What can't be read means today."""
    try:
        day = date.fromisoformat(request.query.get("day", ""))
    except ValueError:
        day = today
    return Look("week" if request.query.get("view") == "week" else "month", _within(day))


def _within(day: date) -> date:
    return min(max(day, FIRST), LAST)


async def _sheet(asking: Viewer, look: Look, where: ZoneInfo, today: date) -> dict[str, Any]:
    if look.way == "month":
        dates = months.dates_of_month(months.first_of_month(look.day))
        lessons = await _lessons(asking, dates[0], dates[-1], where)
        return {"month": months.month_of(months.first_of_month(look.day), lessons, where, today)}
    monday = monday_of(look.day)
    lessons = await _lessons(asking, monday, monday + 6 * DAY, where)
    opened = await _openings(asking, monday)
    return {"week": weeks.week_of(monday, lessons, opened, where, today)}


async def _lessons(asking: Viewer, first: date, last: date, where: ZoneInfo) -> list[Any]:
    return await lessons_between(asking.user_id, midnight(first, where), midnight(last + DAY, where))


async def _openings(asking: Viewer, monday: date) -> list[Opening]:
    """When a mentor teaches; a date of theirs may begin on the day before."""
    if "mentor" not in asking.roles:
        return []
    hours = (await availabilities([asking.user_id], monday - DAY)).get(asking.user_id)
    return openings(hours, monday - DAY, monday + timedelta(days=7)) if hours else []


# --- the feed


async def feed_page(request: web.Request) -> web.StreamResponse:
    asking, settings = require_viewer(request), request.app[SETTINGS]
    feed = await feeds.feed_of(asking.user_id)
    address = ""
    if feed is not None:
        address = f"{settings.base_url}/calendar/{secret_of(settings.secret_key, feed.id)}.ics"
    context = {
        "feed": feed,
        "address": address,
        "webcal": "webcal" + address[address.find(":") :],
        "zone": asking.timezone,
        "flash": SAID.get(request.query.get("done", "")),
    }
    return render(request, "calendar/feed.html", context)


async def change_feed(request: web.Request) -> web.StreamResponse:
    """`do` is one of CHANGES."""
    user_id, wanted = require_viewer(request).user_id, str((await read_form(request)).get("do", ""))
    change = CHANGES.get(wanted)
    if change is None:
        return see_other(FEED_PAGE)
    await change(user_id)
    return see_other(f"{FEED_PAGE}?done={wanted}")
