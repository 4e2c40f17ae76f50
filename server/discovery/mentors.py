"""The people who teach: a list with filters that everybody can browse, each with their next free hour.

The page's whole state stands in its address; it works without scripts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from typing_extensions import TypedDict

from server.booking.hours.slots import Slot, next_slots
from server.discovery.forms import MentorForm, kept, lenient
from server.discovery.listing import chips, ratings_offered
from server.discovery.views import sent_filters
from server.edge.access import viewer
from server.edge.api import ok, page_of, paging, read_query
from server.edge.languages import language_name, offered
from server.edge.openapi import described
from server.edge.paging import Part
from server.edge.templates import money, render
from server.infra.clock import now
from server.people import service as people
from server.people.mentors import Mentor, MentorQuery, find_mentors
from server.people.models import Skill

PER_PAGE = 12
HOUR = 60  # minutes of the free time that a card shows
CEILINGS = (0, 2000, 4000, 6000, 10000)  # minor units of an hour's rate that the form offers


@dataclass(frozen=True, slots=True)
class MentorCard:
    """A mentor with the next hour in which they are free, if there is one in the next weeks."""

    mentor: Mentor
    slot: Slot | None


class SlotShape(TypedDict):
    starts_at: datetime
    ends_at: datetime


class MentorShape(TypedDict):
    """A mentor; the rate is of one hour, in minor units, null where none is said, as the rating."""

    username: str
    name: str
    picture: str
    headline: str
    languages: list[str]
    skills: list[str]
    rate_minor: int | None
    currency: str
    rating: float | None
    rating_count: int
    next_slot: SlotShape | None


async def found_cards(query: MentorQuery, offset: int, limit: int) -> tuple[list[MentorCard], int]:
    """A page of mentors, and how many there are: as many queries for many as for one."""
    found, total = await find_mentors(query, offset, limit)
    slots = await next_slots([one.user_id for one in found], minutes=HOUR, now=now(), limit=1)
    return [MentorCard(one, next(iter(slots[one.user_id]), None)) for one in found], total


# --- the page


async def mentors_page(request: web.Request) -> web.StreamResponse:
    asking = viewer(request)
    filters = sent_filters(request)
    form, errors = lenient(MentorForm, filters)
    filters = kept(MentorForm, filters, errors)
    part = Part.asked(request, PER_PAGE)
    query = form.query(asking.user_id if asking else None)
    cards, total = await found_cards(query, part.offset, PER_PAGE)
    skills = await people.all_skills()
    context = {
        "cards": cards,
        "filters": filters,
        "errors": errors,
        "skills": skills,
        "languages": _languages(form.language),
        "ceilings": _ceilings(form),
        "ratings": ratings_offered(form.min_rating),
        "page": part.of(total),
        "chips": chips(request.path, _said(filters), _words(form, skills)),
    }
    return render(request, "discovery/mentors.html", context)


def _said(filters: Mapping[str, str]) -> dict[str, str]:
    """What is a chip: the currency is a word of the price."""
    return {name: value for name, value in filters.items() if name != "currency"}


def _languages(chosen: str | None) -> list[tuple[str, str]]:
    """Those that mentors can choose, and the one that is set."""
    known = dict(offered())
    more = {chosen: language_name(chosen)} if chosen and chosen not in known else {}
    return [*more.items(), *known.items()]


def _ceilings(form: MentorForm) -> list[tuple[int, str]]:
    amounts = {*CEILINGS, *([form.max_price] if form.max_price is not None else [])}
    return [(amount, _ceiling(amount, form.currency)) for amount in sorted(amounts)]


def _ceiling(amount: int, currency: str) -> str:
    return f"Up to {money(amount, currency)} an hour" if amount else "Free"


def _words(form: MentorForm, skills: Iterable[Skill]) -> dict[tuple[str, str], str]:
    """What people call the values of filters."""
    price = form.max_price
    return {
        **{("skill", skill.slug): skill.name for skill in skills},
        **({("language", form.language): language_name(form.language)} if form.language else {}),
        **({("max_price", str(price)): _ceiling(price, form.currency)} if price is not None else {}),
        **{("min_rating", value): words for value, words in ratings_offered(form.min_rating)},
    }


# --- the same for programs


@described(query=MentorForm, paged=True, item=MentorShape)
async def list_mentors(request: web.Request) -> web.StreamResponse:
    """`GET /mentors`: those who are approved and active."""
    asking, asked = viewer(request), paging(request)
    query = read_query(request, MentorForm).query(asking.user_id if asking else None)
    cards, total = await found_cards(query, asked.offset, asked.per_page)
    return ok(page_of([_shape(card) for card in cards], asked.page, asked.per_page, total))


def _shape(card: MentorCard) -> MentorShape:
    slot = card.slot
    return MentorShape(
        username=card.mentor.username,
        name=card.mentor.name,
        picture=card.mentor.picture,
        headline=card.mentor.headline,
        languages=list(card.mentor.languages),
        skills=list(card.mentor.skills),
        rate_minor=card.mentor.rate_minor,
        currency=card.mentor.currency,
        rating=card.mentor.rating,
        rating_count=card.mentor.rating_count,
        next_slot=SlotShape(starts_at=slot.starts_at, ends_at=slot.ends_at) if slot else None,
    )
