"""What a certificate says, and what leaves this feature."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What was true when the certificate was issued; names and titles stay as they were.

    `zone` is the holder's, for the date; `percent` is their share of the lesson, `username` stands on
    paper where the font has no letters for `name`."""

    name: str
    username: str
    title: str
    mentor: str
    started_at: datetime
    zone: str
    present_s: int
    held_s: int
    skills: tuple[str, ...]

    @property
    def percent(self) -> int:
        return 100 * self.present_s // self.held_s

    @property
    def minutes(self) -> int:
        return round(self.present_s / 60)

    def written(self) -> dict[str, Any]:
        """What JSON can hold."""
        return {**asdict(self), "started_at": self.started_at.isoformat(), "skills": list(self.skills)}

    @classmethod
    def read(cls, kept: dict[str, Any]) -> Content:
        started_at = datetime.fromisoformat(kept["started_at"])
        return cls(**{**kept, "started_at": started_at, "skills": tuple(kept["skills"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate as whoever has its code may see it. `own`: the asker's; they alone hear the `reason`
    of its end."""

    code: str
    content: Content
    issued_at: datetime
    revoked_at: datetime | None
    listed: bool
    own: bool = False
    reason: str = ""

    @property
    def path(self) -> str:
        return f"/certificates/{self.code}"


@dataclass(frozen=True, slots=True)
class Checked:
    """What the API says of a code: `state` is "valid" or "revoked"."""

    code: str
    state: str
    name: str
    title: str
    mentor: str
    started_at: datetime
    minutes: int
    percent: int
    skills: tuple[str, ...]
    issued_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class BadgeRow:
    """A badge that somebody has, or is on the way to: `reached` of `goal`."""

    slug: str
    name: str
    says: str
    earned_at: datetime | None
    reached: int
    goal: int


@dataclass(frozen=True, slots=True)
class Achievements:
    """What one person sees of another's: `ahead` and what is not listed only of their own. `certificates`
    are a page of `total`."""

    username: str
    name: str
    picture: str
    own: bool
    earned: tuple[BadgeRow, ...]
    ahead: tuple[BadgeRow, ...]
    certificates: tuple[Certificate, ...]
    total: int
