"""What a visitor looks for, as conditions on sessions.

`listed` is the one place that says which sessions anybody finds without having their address: whatever
lists sessions to people begins there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from tortoise.expressions import F, Q, Subquery
from tortoise.functions import Coalesce
from tortoise.queryset import QuerySet

from server.booking.models import Session, SessionSkill
from server.booking.states import OPEN_SESSIONS
from server.booking.times import BOOKABLE_AFTER_START
from server.booking.wallclock import Days, Part, in_days, in_part, lasting, wall_columns
from server.infra.folding import having
from server.people.mentors import TEACHING, called
from server.people.privacy import not_blocked
from server.people.ratings import SHOWN_TO

Sort = Literal["soonest", "price", "rating", "popular"]
Recording = Literal["auto", "off"]

MOST_WORDS = 8  # of a search

# The column order of each sort; the last ones make it total, so that pages never repeat a row.
ORDERS: dict[str, tuple[str, ...]] = {
    "soonest": ("starts_at", "id"),
    "price": ("price_minor", "starts_at", "id"),
    "rating": ("-stars", "-offering__rating_count", "starts_at", "id"),
    "popular": ("-seats_taken", "starts_at", "id"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionQuery:
    """What a visitor looks for. `since` and `until` are instants, `until` excluded; `seen_by` is who
    looks, None a guest. `part` and `days` are by the clocks of `timezone`. A session lasts more minutes
    than `longer_than`, and `longest` at most. Prices are in `currency`, where that is given."""

    q: str = ""
    skills: tuple[str, ...] = ()
    level: str | None = None
    language: str | None = None
    price_min: int | None = None
    price_max: int | None = None
    currency: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    timezone: str = "UTC"
    part: Part | None = None
    days: Days | None = None
    longest: int | None = None
    longer_than: int | None = None
    recording: Recording | None = None
    mentor: str | None = None
    min_rating: float | None = None
    has_seats: bool = False
    sort: Sort = "soonest"
    seen_by: int | None = None


def ordered(found: QuerySet[Session], sort: Sort) -> QuerySet[Session]:
    """In the order of a sort. What nobody has rated comes after all that somebody has."""
    if sort == "rating":
        found = found.annotate(stars=Coalesce("offering__rating", 0))
    return found.order_by(*ORDERS[sort])


async def matching(query: SessionQuery, now: datetime) -> QuerySet[Session]:
    """Those of the listed sessions that are looked for: no query, or one where words are."""
    found = listed(query.seen_by, now)
    if query.part or query.days or query.longest or query.longer_than:
        found = found.annotate(**wall_columns(query.timezone, now))
    for condition in (*_conditions(query), *await _word_conditions(query)):
        found = found.filter(condition)
    return found


def listed(seen_by: int | None, now: datetime) -> QuerySet[Session]:
    """The sessions that this viewer (None: a guest) may find, and can still enter: published, meant for
    everybody, by an active mentor who may teach, and neither has blocked the other."""
    found = Session.filter(
        listed=True,
        status__in=OPEN_SESSIONS,
        starts_at__gt=now - BOOKABLE_AFTER_START,
        mentor_id__in=TEACHING,
    )
    return found.filter(not_blocked(seen_by, "mentor_id"))


def _conditions(query: SessionQuery) -> Iterable[Q]:
    """One condition for each filter that is set."""
    if query.skills:
        yield Q(id__in=_sessions_about(skill__slug__in=list(query.skills)))
    if query.has_seats:
        yield Q(seats_taken__lt=F("capacity"))
    if query.min_rating is not None:
        yield Q(offering__rating__gte=query.min_rating - SHOWN_TO)
    if query.currency and (query.price_min or query.price_max):
        yield Q(currency=query.currency) | Q(price_minor=0)
    if query.part:
        yield in_part(query.part)
    if query.days:
        yield in_days(query.days)
    yield lasting(query.longer_than, query.longest)
    wanted: dict[str, Any] = {
        "level": query.level,
        "language": query.language,
        "price_minor__gte": query.price_min,
        "price_minor__lte": query.price_max,
        "starts_at__gte": query.since,
        "starts_at__lt": query.until,
        "recording": query.recording,
        "mentor__username_key": query.mentor.casefold() if query.mentor else None,
    }
    yield Q(**{column: value for column, value in wanted.items() if value is not None})


async def _word_conditions(query: SessionQuery) -> list[Q]:
    """Each word stands in the title, the description, a skill or the mentor's name as it is shown.

    Mentors are looked up before: with a subquery among the alternatives no index would serve them."""
    words = query.q.split()[:MOST_WORDS]
    mentors = await called(words, query.seen_by) if words else {}
    return [
        having("search_text", word) | Q(mentor_id__in=ids)
        if (ids := mentors[word])
        else having("search_text", word)
        for word in words
    ]


def _sessions_about(**conditions: Any) -> Subquery:
    return Subquery(SessionSkill.filter(**conditions).values("session_id"))
