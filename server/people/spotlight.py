"""Approved mentors as cards, for pages that show several of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from server.people.models import MentorProfile, UserSkill
from server.people.states import MentorStatus


@dataclass(frozen=True, slots=True)
class MentorCard:
    """A mentor in a list; `skills` are the names of what they teach."""

    username: str
    name: str
    headline: str
    skills: tuple[str, ...]


async def mentor_cards(limit: int) -> list[MentorCard]:
    """Approved mentors, those who joined first coming first: two queries."""
    approved = MentorProfile.filter(status=MentorStatus.APPROVED, user__status="active")
    columns = ("user_id", "user__username", "user__name", "headline")
    rows = await approved.order_by("id").limit(limit).values(*columns)
    skills = await _taught([row["user_id"] for row in rows])
    return [
        MentorCard(
            username=row["user__username"],
            name=row["user__name"],
            headline=row["headline"],
            skills=tuple(skills[row["user_id"]]),
        )
        for row in rows
    ]


async def _taught(user_ids: Sequence[int]) -> dict[int, list[str]]:
    """The names of what each of them teaches."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = UserSkill.filter(user_id__in=user_ids, kind="teach").order_by("id")
    for row in await rows.values("user_id", "skill__name"):
        found[row["user_id"]].append(row["skill__name"])
    return found
