"""Mentors as others see them: several as cards, one as a portrait beside a session."""

from __future__ import annotations

from dataclasses import dataclass

from server.people.models import MentorProfile
from server.people.privacy import columns, not_blocked, shown
from server.people.skills import taught_by
from server.people.states import MentorStatus


@dataclass(frozen=True, slots=True)
class MentorCard:
    """A mentor in a list; `picture` is an address or empty, `skills` names of what they teach, `rating`
    what `rating_count` reviews come to."""

    username: str
    name: str
    picture: str
    headline: str
    skills: tuple[str, ...]
    rating: float | None = None
    rating_count: int = 0


@dataclass(frozen=True, slots=True)
class MentorPortrait:
    """What a session's page tells of its mentor; `languages` are codes, `skills` names."""

    headline: str
    bio: str
    languages: tuple[str, ...]
    skills: tuple[str, ...]
    rating: float | None = None
    rating_count: int = 0


async def mentor_portrait(user_id: int) -> MentorPortrait:
    """Empty where nothing was written yet: two queries."""
    profile = await MentorProfile.get_or_none(user_id=user_id)
    skills = await taught_by([user_id])
    return MentorPortrait(
        headline=profile.headline if profile else "",
        bio=profile.bio if profile else "",
        languages=tuple(profile.languages) if profile else (),
        skills=skills.get(user_id, ()),
        rating=profile.rating if profile else None,
        rating_count=profile.rating_count if profile else 0,
    )


async def mentor_cards(limit: int, viewer_id: int | None) -> list[MentorCard]:
    """Approved mentors as this viewer sees them, who joined first coming first: two queries."""
    approved = MentorProfile.filter(status=MentorStatus.APPROVED, user__status="active")
    approved = approved.filter(not_blocked(viewer_id, "user_id"))
    names = ("user_id", "headline", "rating", "rating_count", *columns("user__"))
    rows = await approved.order_by("id").limit(limit).values(*names)
    faces = {row["user_id"]: shown(row, viewer_id, "user__") for row in rows}
    skills = await taught_by([row["user_id"] for row in rows])
    return [
        MentorCard(
            username=row["user__username"],
            name=faces[row["user_id"]].name,
            picture=faces[row["user_id"]].picture_url or "",
            headline=row["headline"],
            skills=skills.get(row["user_id"], ()),
            rating=row["rating"],
            rating_count=row["rating_count"],
        )
        for row in rows
    ]
