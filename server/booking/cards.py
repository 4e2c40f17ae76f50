"""Session rows as values: one query for the rows, one for their skills, one for their objectives.

Rows are read as plain columns and not as model instances: a page of twenty sessions is the commonest
request of all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from tortoise.queryset import QuerySet

from server.booking.models import Objective, Session, SessionSkill
from server.booking.values import Person, SessionCard, SessionDetail
from server.people.privacy import columns, shown

CARD_COLUMNS = (
    "id",
    "title",
    "mentor_id",
    "starts_at",
    "ends_at",
    "level",
    "language",
    "price_minor",
    "currency",
    "capacity",
    "seats_taken",
    "status",
    "recording",
    "timezone",
    "local_start",
    "offering_id",
)
RATING = ("rating", "rating_count")  # of its offering
DETAIL_COLUMNS = (
    "description",
    "audience",
    "prerequisites",
    "policy",
    "listed",
    "series_id",
    "series_position",
)


def session_path(session_id: UUID) -> str:
    """The address of a session's page."""
    return f"/sessions/{session_id}"


async def cards(query: QuerySet[Session], viewer_id: int | None = None) -> list[SessionCard]:
    """The cards of a query, in its order, as this viewer (None: a guest) sees them: two queries."""
    rows = await _rows(query)
    skills = await _skills([row["id"] for row in rows])
    return [SessionCard(**_card(row, skills[row["id"]], viewer_id)) for row in rows]


async def cards_by_id(
    session_ids: Iterable[UUID], viewer_id: int | None = None
) -> dict[UUID, SessionCard]:
    """Cards for rows of other tables: two queries, or none for none."""
    ids = list(set(session_ids))
    found = await cards(Session.filter(id__in=ids), viewer_id) if ids else []
    return {card.id: card for card in found}


async def details(query: QuerySet[Session], viewer_id: int | None = None) -> list[SessionDetail]:
    """The details of a query, in its order: three queries."""
    rows = await _rows(query, *DETAIL_COLUMNS)
    ids = [row["id"] for row in rows]
    skills, objectives = await _skills(ids), await _objectives(ids)
    return [
        SessionDetail(
            **_card(row, skills[row["id"]], viewer_id),
            **{column: row[column] for column in DETAIL_COLUMNS},
            objectives=tuple(objectives[row["id"]]),
        )
        for row in rows
    ]


async def _rows(query: QuerySet[Session], *more: str) -> Sequence[dict[str, Any]]:
    rating = (f"offering__{column}" for column in RATING)
    return await query.values(*CARD_COLUMNS, *rating, *more, *columns("mentor__"))


async def _skills(ids: Sequence[UUID]) -> dict[UUID, list[tuple[str, str]]]:
    """Session id to (slug, name) pairs, in the order the mentor gave them."""
    found: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
    if ids:
        links = SessionSkill.filter(session_id__in=ids).order_by("id")
        for row in await links.values("session_id", "skill__slug", "skill__name"):
            found[row["session_id"]].append((row["skill__slug"], row["skill__name"]))
    return found


async def objectives_of(session_id: UUID) -> tuple[str, ...]:
    """What learners will take away from a session, in the mentor's order. One query."""
    return tuple((await _objectives([session_id]))[session_id])


async def _objectives(ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    if ids:
        texts = Objective.filter(session_id__in=ids).order_by("position")
        for row in await texts.values("session_id", "text"):
            found[row["session_id"]].append(row["text"])
    return found


def _card(
    row: dict[str, Any], skills: Sequence[tuple[str, str]], viewer_id: int | None
) -> dict[str, Any]:
    mentor = shown(row, viewer_id, "mentor__")
    return {
        **{column: row[column] for column in CARD_COLUMNS},
        "rating": row["offering__rating"],
        "rating_count": row["offering__rating_count"] or 0,  # a session may have no offering
        "url": session_path(row["id"]),
        "mentor": Person(row["mentor__username"], mentor.name, mentor.picture_url or ""),
        "duration_minutes": (row["ends_at"] - row["starts_at"]) // timedelta(minutes=1),
        "skills": tuple(name for _, name in skills),
        "skill_slugs": tuple(slug for slug, _ in skills),
    }
