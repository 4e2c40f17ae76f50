"""Server-rendered pages: one environment, what every template gets, and the filters."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import jinja2
from aiohttp import web
from babel.dates import format_datetime, format_time
from babel.numbers import format_currency, get_currency_precision
from markupsafe import Markup

from server.edge import csrf
from server.edge.access import Viewer, viewer
from server.edge.durations import duration_words
from server.edge.forms import posted
from server.edge.headers import NONCE
from server.edge.keys import SETTINGS
from server.edge.languages import language_name
from server.edge.text import require_storable
from server.infra import clock
from web import STATIC, TEMPLATES

LOCALE = "en"
SHORT_HASH = 10  # characters of a file's hash in its address
HUES = 8  # colours of avatars
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def render(
    request: web.Request, template: str, context: Mapping[str, Any], status: int = 200
) -> web.Response:
    """A page from `web/templates/<template>`."""
    found = _environment().get_template(template)
    text = found.render({**_for_every_page(request), **context})
    return web.Response(text=text, status=status, content_type="text/html")


def render_text(template: str, context: Mapping[str, Any]) -> str:
    """A template without a request: mails. Those named `.txt` are not escaped."""
    return _environment().get_template(template).render(context)


def say(template: str, macro: str, *values: object) -> str:
    """What one macro of a template says, as one line."""
    module = _environment().get_template(template).module
    return " ".join(str(getattr(module, macro)(*values)).split())


async def read_form(request: web.Request) -> dict[str, Any]:
    """The fields of a posted form; a name given more than once becomes a list. Files are left out.

    Raises UnsupportedType, Malformed."""
    fields = await posted(request)
    found: dict[str, Any] = {}
    for name in fields:
        values = [value for value in fields.getall(name) if isinstance(value, str)]
        if values and name != csrf.FIELD:
            found[name] = values if len(values) > 1 else values[0]
    require_storable(found)
    return found


def _for_every_page(request: web.Request) -> dict[str, Any]:
    settings = request.app[SETTINGS]
    return {
        "viewer": viewer(request),
        "csrf_token": csrf.token(request),
        "csp_nonce": request.get(NONCE, ""),
        "base_url": settings.base_url,
        "path": request.path,
        "development": settings.development,
        "now": clock.now(),
        "static": static,
    }


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=jinja2.select_autoescape(("html", "xml")),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        local_time=local_time,
        time_left=time_left,
        days_until=days_until,
        duration=duration_words,
        money=money,
        date_range=date_range,
        hue=hue,
        local_parts=local_parts,
        language_name=language_name,
    )
    environment.globals["remembered"] = remembered
    return environment


def watch_files(watched: bool) -> None:
    """Whether templates and static files are looked at again each time. Where nobody edits them, once is
    enough: it is a tenth of a page's cost."""
    _environment().auto_reload = watched
    _unwatched_address.cache_clear()
    _remembered_part.cache_clear()


# --- parts of pages


def remembered(template: str, value: Hashable, reader: Viewer | None, now: datetime) -> Markup:
    """A part of a page that rests on nothing but `value`, the reader's zone and the year: `template` is
    rendered once for each. Lists show the same rows again and again; to write one costs more than to find
    it."""
    zone = reader.timezone if reader else None
    part = _part if _environment().auto_reload else _remembered_part
    return part(template, value, zone, now.year)


def _part(template: str, value: Hashable, zone: str | None, year: int) -> Markup:
    reader = SimpleNamespace(timezone=zone) if zone else None
    now = datetime(year, 1, 1, tzinfo=UTC)
    context = {"value": value, "viewer": reader, "now": now, "static": static}
    return Markup(_environment().get_template(template).render(context))


_remembered_part = lru_cache(maxsize=4096)(_part)


# --- addresses of static files


def static(path: str) -> str:
    """The address of a static file; it changes when the file does."""
    return _address(path) if _environment().auto_reload else _unwatched_address(path)


def _address(path: str) -> str:
    file = STATIC / path
    try:
        changed = file.stat().st_mtime_ns
    except FileNotFoundError:
        return f"/static/{path}"
    return f"/static/{path}?v={_file_hash(path, changed)}"


_unwatched_address = lru_cache(maxsize=1024)(_address)


@lru_cache(maxsize=1024)
def _file_hash(path: str, changed: int) -> str:
    return hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:SHORT_HASH]


# --- filters: pages repeat the same instants, amounts and names, and Babel takes its time


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


@lru_cache(maxsize=4096)
def local_time(instant: datetime, zone: str = "UTC") -> str:
    """`Tue 5 Mar 2024, 14:00 CET`: wall time in a zone, the zone always named."""
    return format_datetime(instant, "EEE d MMM y, HH:mm z", tzinfo=_zone(zone), locale=LOCALE)


def local_parts(instant: datetime, zone: str = "UTC") -> list[str]:
    """Weekday, day, month, year, time and zone of `local_time`."""
    return local_time(instant, zone).replace(",", "").split()


def time_left(instant: datetime) -> str:
    """How long it is from now until then: `1 hour 20 minutes`; empty when it has come."""
    return duration_words(max(0.0, (instant - clock.now()).total_seconds()))


def days_until(instant: datetime, zone: str = "UTC") -> int:
    """How many midnights of the zone lie before it, as people count days."""
    local = _zone(zone)
    return (instant.astimezone(local).date() - clock.now().astimezone(local).date()).days


def date_range(start: datetime, end: datetime, zone: str = "UTC") -> str:
    """`Tue 5 Mar 2024, 14:00 – 15:30 CET`; over midnight the second date is written too."""
    local = _zone(zone)
    same_day = start.astimezone(local).date() == end.astimezone(local).date()
    first = format_datetime(start, "EEE d MMM y, HH:mm", tzinfo=local, locale=LOCALE)
    if same_day:
        return f"{first} – {format_time(end, 'HH:mm z', tzinfo=local, locale=LOCALE)}"
    return f"{first} – {local_time(end, zone)}"


@lru_cache(maxsize=1024)
def money(amount_minor: int, currency: str) -> str:
    """`€12.50`: minor units with the currency's own exponent (JPY 0, KWD 3)."""
    amount = amount_minor / 10 ** get_currency_precision(currency)
    return format_currency(amount, currency, locale=LOCALE)


@lru_cache(maxsize=4096)
def hue(name: str) -> int:
    """A colour's number, below `HUES`, that stays the same for a name."""
    letters = enumerate(name.lower(), start=1)
    return (len(name) + sum(place * (LETTERS.find(letter) + 2) for place, letter in letters)) % HUES
