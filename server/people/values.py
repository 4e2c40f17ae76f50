"""What leaves this feature: profiles, applications, skills."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SkillView:
    """One skill of the taxonomy."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class OwnSkills:
    """What a person can teach and wants to learn, as slugs."""

    teach: tuple[str, ...]
    want: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PublicProfile:
    """What everybody may know of a person."""

    username: str
    name: str
    roles: tuple[str, ...]
    headline: str
    bio: str
    languages: tuple[str, ...]
    teaches: tuple[str, ...]
    approved_mentor: bool
    member_since: datetime


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
