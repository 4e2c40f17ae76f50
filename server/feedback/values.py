"""What feedback hands to pages, to the API and to other features: frozen values, no rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from server.booking.values import Person
from server.feedback.rating import STARS


@dataclass(frozen=True, slots=True)
class Reply:
    """What the mentor answered; `editable` by who reads it."""

    text: str
    at: datetime
    editable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewView:
    """A review as one viewer may see it. `technical` and `private_note` are empty for all but its writer
    and its mentor; `hidden` is one that was taken off, which its writer alone still sees. What the viewer
    can do with it now: change it (`editable`), answer it, report it."""

    id: UUID
    session_id: UUID
    session_title: str
    author: Person
    rating: int
    aspects: Mapping[str, int]
    technical: int | None
    comment: str
    private_note: str
    reply: Reply | None
    created_at: datetime
    edited_at: datetime | None
    mine: bool = False
    hidden: bool = False
    editable: bool = False
    can_reply: bool = False
    can_report: bool = False
    can_report_reply: bool = False


@dataclass(frozen=True, slots=True)
class Rating:
    """What reviews come to; `given` says how often each number of stars was."""

    mean: float | None = None
    count: int = 0
    given: Mapping[int, int] = field(default_factory=dict)

    @property
    def bars(self) -> list[tuple[int, int]]:
        """Stars and how often they were given, the most stars first."""
        return [(stars, self.given.get(stars, 0)) for stars in STARS]


@dataclass(frozen=True, slots=True)
class Reviews:
    """A page of reviews, newest first, and how many there are."""

    items: list[ReviewView]
    total: int


class Standing(StrEnum):
    """How somebody stands to the feedback on a session, and with it what its page offers them."""

    STRANGER = "stranger"  # no seat of theirs
    MENTOR = "mentor"
    EARLY = "early"  # the lesson is not over
    OFF = "off"  # it did not take place
    ABSENT = "absent"  # they were not there, or too shortly
    OPEN = "open"  # they may give a review
    GIVEN = "given"  # they gave one, and may still change it
    CLOSED = "closed"  # they gave one, and it stays as it is
