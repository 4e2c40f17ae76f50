"""The timetable that everybody can browse. Its whole state stands in the address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web
from babel.dates import format_date

from server.booking import service as booking
from server.booking.catalogue import count_sessions
from server.booking.service import LANGUAGES, LEVELS, SessionQuery
from server.discovery.forms import BrowseForm, kept, lenient
from server.discovery.listing import PER_PAGE, Chip, address, chips, ratings_offered
from server.edge.access import Viewer, viewer
from server.edge.amounts import settlement_currency
from server.edge.languages import language_name
from server.edge.paging import Part
from server.edge.redirects import see_other
from server.edge.templates import LOCALE, local_time, money, render
from server.edge.text import require_storable
from server.infra.clock import now
from server.people import service as people

AMOUNTS = (500, 1000, 2000, 4000, 6000, 10000)  # minor units between which prices are looked for
MOST_TRIED = 8  # filters of which one is left out, where all together find nothing

WORDS = {
    **{("level", level): name for level, name in LEVELS},
    **{("language", tag): name for tag, name in LANGUAGES},
    ("price", "free"): "Free",
    ("price", "paid"): "Paid",
    ("time", "morning"): "Mornings",
    ("time", "afternoon"): "Afternoons",
    ("time", "evening"): "Evenings",
    ("days", "weekdays"): "Monday to Friday",
    ("days", "weekends"): "Weekends",
    ("duration", "short"): "Up to 30 min",
    ("duration", "medium"): "30 to 60 min",
    ("duration", "long"): "Longer than 1 h",
    ("recording", "auto"): "With recording",
    ("recording", "off"): "Not recorded",
}


@dataclass(frozen=True, slots=True)
class WayOut:
    """A filter without which something is found, and how much."""

    text: str
    href: str
    count: int


async def browse(request: web.Request) -> web.StreamResponse:
    asking = viewer(request)
    filters = sent_filters(request)
    form, errors = lenient(BrowseForm, filters)
    filters = kept(BrowseForm, filters, errors)
    part = Part.asked(request, PER_PAGE)
    found, total = await booking.find_sessions(_query(form, asking), now(), part.offset, PER_PAGE)
    part = part.of(total)
    if part.number > part.pages:
        return see_other(address(request.path, {**filters, "page": str(part.pages)}))
    skills = await people.all_skills()
    words = _words(form, skills)
    set_ones = chips(request.path, filters, words)
    context = {
        "sessions": found,
        "filters": filters,
        "chosen": form.skill,
        "errors": errors,
        "skills": skills,
        "words": WORDS,
        "amounts": _amounts(form),
        "ratings": ratings_offered(form.min_rating),
        "page": part,
        "chips": set_ones,
        "ways_out": [] if total else await _ways_out(set_ones, asking),
        "everything": 0 if total else await count_sessions(_all(asking), now()),
    }
    return render(request, "discovery/browse.html", context)


def sent_filters(request: web.Request) -> dict[str, str]:
    """As they stand in the address. Raises Malformed."""
    filters = {name: ",".join(request.query.getall(name)) for name in request.query}
    require_storable(filters)
    return filters


def _query(form: BrowseForm, asking: Viewer | None) -> SessionQuery:
    """The page says which currency its amounts are in."""
    if form.currency is None and (form.price_min or form.price_max):
        form = form.model_copy(update={"currency": settlement_currency()})
    return form.query(asking.timezone if asking else None, asking.user_id if asking else None)


def _all(asking: Viewer | None) -> SessionQuery:
    return SessionQuery(seen_by=asking.user_id if asking else None)


async def _ways_out(set_ones: Sequence[Chip], asking: Viewer | None) -> list[WayOut]:
    """Where nothing is found: what would be without one of the filters, the most first."""
    found = []
    for chip in set_ones[:MOST_TRIED]:
        form, _ = lenient(BrowseForm, dict(chip.rest))
        count = await count_sessions(_query(form, asking), now())
        found.append(WayOut(chip.text, chip.href, count))
    return sorted((way for way in found if way.count), key=lambda way: -way.count)


# --- words


def _words(form: BrowseForm, skills: Iterable[Any]) -> Mapping[tuple[str, str], str]:
    """What people call the values of filters."""
    return {
        **WORDS,
        **{("skill", skill.slug): skill.name for skill in skills},
        **({("language", form.language): language_name(form.language)} if form.language else {}),
        **{("min_rating", value): text for value, text in ratings_offered(form.min_rating)},
        ("price_min", str(form.price_min)): f"From {_amount(form, form.price_min or 0)}",
        ("price_max", str(form.price_max)): f"Up to {_amount(form, form.price_max or 0)}",
        **{
            (name, str(moment)): _moment(moment, form)
            for name, moment in (("from", form.since), ("to", form.until))
        },
    }


def _moment(moment: Any, form: BrowseForm) -> str:
    if isinstance(moment, datetime):
        return local_time(moment, form.timezone)
    return format_date(moment, "EEE d MMM y", locale=LOCALE) if moment else ""


def _amounts(form: BrowseForm) -> list[tuple[int, str]]:
    """What the form offers as bounds of a price, and those that are set."""
    set_ones = {amount for amount in (form.price_min, form.price_max) if amount}
    return [(amount, _amount(form, amount)) for amount in sorted({*AMOUNTS, *set_ones})]


def _amount(form: BrowseForm, amount: int) -> str:
    return money(amount, form.currency or settlement_currency())
