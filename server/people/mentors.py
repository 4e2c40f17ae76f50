"""Mentors who are approved and active, as one viewer may see them: many in a list, one in full."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tortoise.expressions import Q, RawSQL, Subquery
from tortoise.queryset import QuerySet

from server.infra.errors import NotFound
from server.infra.folding import has, having
from server.people.circle import follows
from server.people.models import MentorProfile, UserSkill
from server.people.privacy import columns, name_seen, not_blocked, shown
from server.people.ratings import SHOWN_TO
from server.people.skills import skill_rows, taught_by
from server.people.states import MentorStatus
from server.people.values import SkillRow

MentorSort = Literal["popular", "price", "newest", "rating"]

# The column order of each sort; the last one makes it total, so that pages never repeat a row.
ORDERS: dict[MentorSort, tuple[str, ...]] = {
    "popular": ("-followed_by", "id"),
    "price": ("silent", "rate_minor", "id"),
    "newest": ("-user__created_at", "-id"),
    "rating": ("-stars", "-rating_count", "-followed_by", "id"),
}
FOLLOWED_BY = RawSQL('(SELECT COUNT(*) FROM "follow" WHERE "followed_id" = "mentor_profile"."user_id")')
STARS = RawSQL('COALESCE("mentor_profile"."rating", 0)')  # who has none comes last
SILENT = RawSQL('CASE WHEN "mentor_profile"."rate_minor" IS NULL THEN 1 ELSE 0 END')
SPOKEN = RawSQL('CAST("mentor_profile"."languages" AS TEXT)')  # ["en", "pt-BR"]
# The ids of all who may teach now. Written out: it stands in every query of a list of sessions.
TEACHING = RawSQL(
    '(SELECT "mentor_profile"."user_id" FROM "mentor_profile" '
    'JOIN "user" ON "user"."id" = "mentor_profile"."user_id" '
    f'WHERE "mentor_profile"."status" = \'{MentorStatus.APPROVED.value}\' '
    'AND "user"."status" = \'active\')'
)
WORDS = 8  # of what was typed


@dataclass(frozen=True, slots=True, kw_only=True)
class MentorQuery:
    """Whom a visitor looks for. `max_price` is of one hour, in minor units of `currency`; `seen_by` is
    who looks, None a guest."""

    q: str = ""
    skills: tuple[str, ...] = ()
    language: str | None = None
    min_rating: float | None = None
    max_price: int | None = None
    currency: str = ""
    sort: MentorSort = "popular"
    seen_by: int | None = None


@dataclass(frozen=True, slots=True)
class Mentor:
    """A mentor in a list. `picture` is the address of the small one or empty, `languages` are tags,
    `skills` names; `rate_minor` is of one hour, None where none is said; `rating` is what
    `rating_count` reviews come to."""

    user_id: int
    username: str
    name: str
    picture: str
    headline: str
    languages: tuple[str, ...]
    skills: tuple[str, ...]
    rate_minor: int | None
    currency: str
    rating: float | None = None
    rating_count: int = 0


COLUMNS = (
    "user_id",
    "headline",
    "languages",
    "rate_minor",
    "currency",
    "rating",
    "rating_count",
    *columns("user__"),
)


async def find_mentors(query: MentorQuery, offset: int, limit: int) -> tuple[list[Mentor], int]:
    """A page of mentors, and how many there are in all: three queries."""
    found = _matching(query)
    total = await found.count()
    if offset >= total:
        return [], total
    page = found.order_by(*ORDERS[query.sort]).offset(offset).limit(limit)
    return await _mentors(await page.values(*COLUMNS), query.seen_by), total


async def _mentors(rows: Sequence[dict[str, Any]], viewer_id: int | None) -> list[Mentor]:
    skills = await taught_by([row["user_id"] for row in rows])
    return [_mentor(row, skills.get(row["user_id"], ()), viewer_id) for row in rows]


def _mentor(row: dict[str, Any], skills: tuple[str, ...], viewer_id: int | None) -> Mentor:
    face = shown(row, viewer_id, "user__")
    return Mentor(
        user_id=row["user_id"],
        username=row["user__username"],
        name=face.name,
        picture=face.picture_url or "",
        headline=row["headline"],
        languages=tuple(row["languages"]),
        skills=skills,
        rate_minor=row["rate_minor"],
        currency=row["currency"],
        rating=row["rating"],
        rating_count=row["rating_count"],
    )


def _matching(query: MentorQuery) -> QuerySet[MentorProfile]:
    found = MentorProfile.filter(status=MentorStatus.APPROVED, user__status="active")
    found = found.annotate(followed_by=FOLLOWED_BY, stars=STARS, silent=SILENT, spoken=SPOKEN)
    found = found.filter(not_blocked(query.seen_by, "user_id"))
    for condition in _conditions(query):
        found = found.filter(condition)
    return found


def _conditions(query: MentorQuery) -> Iterable[Q]:
    """One condition for each filter that is set."""
    for word in query.q.split()[:WORDS]:
        yield _word_condition(word, query.seen_by)
    if query.skills:
        yield Q(user_id__in=_who_teach(skill__slug__in=list(query.skills)))
    if query.language:
        exact, region = f'"{query.language}"', f'"{query.language}-'
        yield Q(spoken__contains=exact) | Q(spoken__contains=region)
    if query.max_price is not None:
        yield Q(rate_minor__lte=query.max_price, currency=query.currency)
    if query.min_rating is not None:
        yield Q(rating__gte=query.min_rating - SHOWN_TO)


def _word_condition(word: str, viewer_id: int | None) -> Q:
    """It stands in what the mentor says, in a skill, or in the name as it is shown."""
    return (
        Q(headline__icontains=word)
        | Q(bio__icontains=word)
        | Q(user__username__icontains=word)
        | (having("user__name_words", word) & name_seen(viewer_id, "user__"))
        | Q(user_id__in=_who_teach(skill__name__icontains=word))
    )


async def called(words: Sequence[str], viewer_id: int | None) -> dict[str, list[int]]:
    """For each word the mentors in whose name, as this viewer sees it, it stands: one query."""
    named = Q(*(having("user__name_words", word) for word in words), join_type="OR")
    found = MentorProfile.filter(status=MentorStatus.APPROVED, user__status="active")
    rows = await found.filter(named, name_seen(viewer_id, "user__")).values("user_id", "user__name_words")
    return {
        word: [row["user_id"] for row in rows if has(row["user__name_words"], word)] for word in words
    }


def _who_teach(**conditions: Any) -> Subquery:
    return Subquery(UserSkill.filter(kind="teach", **conditions).values("user_id"))


# --- one of them


@dataclass(frozen=True, slots=True)
class Portrait:
    """All that a mentor says of themselves; `picture` is the address of the large one, or empty."""

    mentor: Mentor
    bio: str
    taught: tuple[SkillRow, ...]
    followed: bool
    own: bool
    approved: bool


async def portrait(username: str, viewer_id: int | None) -> Portrait:
    """A mentor who is approved; somebody who is not yet, for themselves alone: three queries.

    Raises NotFound, also where one has blocked the other."""
    key = username.casefold()
    found = MentorProfile.filter(not_blocked(viewer_id, "user_id"), user__status="active")
    found = found.filter(Q(status=MentorStatus.APPROVED) | Q(user_id=viewer_id or 0))
    rows = await found.filter(user__username_key=key).values(*COLUMNS, "bio", "status")
    if not rows:
        raise NotFound
    row = rows[0]
    taught = tuple(skill for skill in await skill_rows(row["user_id"]) if skill.kind == "teach")
    return Portrait(
        mentor=_mentor(row, tuple(skill.name for skill in taught), viewer_id),
        bio=row["bio"],
        taught=taught,
        followed=await follows(viewer_id, row["user_id"]),
        own=viewer_id == row["user_id"],
        approved=row["status"] == MentorStatus.APPROVED,
    )
