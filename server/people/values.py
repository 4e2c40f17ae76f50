"""What leaves this feature: profiles, applications, skills."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SkillView:
    """One skill of the taxonomy."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class OwnSkills:
    """What a person can teach and wants to learn, as slugs; `levels` by kind, then slug."""

    teach: tuple[str, ...]
    want: tuple[str, ...]
    levels: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SkillRow:
    """One skill of a person: `kind` is "teach" or "want", `basis` "own", "assessed" or "verified"."""

    slug: str
    name: str
    kind: str
    level: str
    basis: str


@dataclass(frozen=True, slots=True)
class PublicProfile:
    """What this viewer may know of a person. `picture` is the address of the large one, or empty;
    `followers` and `following` are None where the lists are not for this viewer; `rating` is what
    `rating_count` reviews of a mentor come to."""

    username: str
    name: str
    picture: str
    roles: tuple[str, ...]
    headline: str
    about: str
    bio: str
    languages: tuple[str, ...]
    teaches: tuple[str, ...]
    skills: tuple[SkillRow, ...]
    approved_mentor: bool
    followers: int | None
    following: int | None
    followed: bool
    own: bool
    member_since: datetime
    rating: float | None = None
    rating_count: int = 0


@dataclass(frozen=True, slots=True)
class MentorApplication:
    """A mentor's profile, as those who review it see it."""

    username: str
    name: str
    email: str
    status: str
    headline: str
    bio: str
    languages: tuple[str, ...]
    skills: tuple[str, ...]
    reason: str
    submitted_at: datetime | None
