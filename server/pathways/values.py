"""What pathways hand out: frozen values, no rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from server.booking.values import Person, SessionCard


class PathwayStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


def path_of(slug: str) -> str:
    """The address of a pathway's page."""
    return f"/pathways/{slug}"


@dataclass(frozen=True, slots=True)
class Step:
    """One offering of a pathway. `number` counts from 1, `next` is its next session with a seat for the
    viewer, or the one in which they have a seat (`seated`); `done` when they attended one of it,
    `current` where they go on."""

    number: int
    offering_id: UUID
    title: str
    skills: tuple[str, ...] = ()
    next: SessionCard | None = None
    done: bool = False
    current: bool = False
    seated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayPage:
    """A pathway as one viewer sees it: `own` to its mentor, `followed` with their progress by others."""

    id: UUID
    slug: str
    title: str
    description: str
    level: str
    status: str
    mentor: Person
    headline: str
    steps: tuple[Step, ...]
    own: bool = False
    followed: bool = False
    completed_at: datetime | None = None

    @property
    def url(self) -> str:
        return path_of(self.slug)

    @property
    def done(self) -> int:
        return sum(step.done for step in self.steps)

    @property
    def percent(self) -> int:
        return 100 * self.done // len(self.steps) if self.steps else 0

    @property
    def skills(self) -> tuple[str, ...]:
        """Those of all steps, each once."""
        return tuple(dict.fromkeys(skill for step in self.steps for skill in step.skills))


@dataclass(frozen=True, slots=True)
class PathwayCard:
    """A pathway in a list; `steps` says how many there are."""

    slug: str
    title: str
    level: str
    status: str
    steps: int
    mentor: Person

    @property
    def url(self) -> str:
        return path_of(self.slug)


@dataclass(frozen=True, slots=True)
class Followed:
    """A pathway that somebody follows, and how far they are; `next` is the title of where they go on."""

    slug: str
    title: str
    steps: int
    done: int
    next: str
    completed_at: datetime | None

    @property
    def url(self) -> str:
        return path_of(self.slug)

    @property
    def percent(self) -> int:
        return 100 * self.done // self.steps if self.steps else 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a session stands in a pathway: step `number` of `steps`."""

    url: str
    title: str
    number: int
    steps: int
