"""The timetable that everybody can browse. Its whole state stands in the address."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from server.booking import service as booking
from server.booking.service import LANGUAGES, LEVELS
from server.discovery.forms import BrowseForm, kept, lenient
from server.discovery.listing import PER_PAGE, Page, chips
from server.edge.access import viewer
from server.edge.templates import render
from server.edge.text import require_storable
from server.infra.clock import now
from server.people import service as people


async def browse(request: web.Request) -> web.StreamResponse:
    asking = viewer(request)
    filters = sent_filters(request)
    form, errors = lenient(BrowseForm, filters)
    filters = kept(BrowseForm, filters, errors)
    number = _page_number(request)
    query = form.query(asking.timezone if asking else None, asking.user_id if asking else None)
    found, total = await booking.find_sessions(query, now(), (number - 1) * PER_PAGE, PER_PAGE)
    skills = await people.all_skills()
    context = {
        "sessions": found,
        "filters": filters,
        "errors": errors,
        "skills": skills,
        "page": Page(number, PER_PAGE, total),
        "chips": chips(request.path, filters, _words(skills)),
    }
    return render(request, "discovery/browse.html", context)


def sent_filters(request: web.Request) -> dict[str, str]:
    """As they stand in the address. Raises Malformed."""
    filters = {name: ",".join(request.query.getall(name)) for name in request.query}
    require_storable(filters)
    return filters


def _page_number(request: web.Request) -> int:
    text = request.query.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _words(skills: Any) -> dict[tuple[str, str], str]:
    """What people call the values of filters."""
    return {
        **{("skill", skill.slug): skill.name for skill in skills},
        **{("level", level): name for level, name in LEVELS},
        **{("language", tag): name for tag, name in LANGUAGES},
        ("price", "free"): "Free",
        ("price", "paid"): "Paid",
    }
