"""Approved mentors as cards, for pages that show several of them."""

from __future__ import annotations

from dataclasses import dataclass

from server.people.models import MentorProfile
from server.people.skills import taught_by
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
    skills = await taught_by([row["user_id"] for row in rows])
    return [
        MentorCard(
            username=row["user__username"],
            name=row["user__name"],
            headline=row["headline"],
            skills=skills.get(row["user_id"], ()),
        )
        for row in rows
    ]
