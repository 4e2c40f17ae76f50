"""What booking hands to pages, to the API and to other features: frozen values, no rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from server.booking.policy import Term


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as the viewer may see them; `picture` is an address, or empty."""

    username: str
    name: str
    picture: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCard:
    """A session as lists show it. Instants are UTC; `skills` are names, `skill_slugs` their slugs;
    `rating` is what `rating_count` reviews of what is taught come to, of all its dates."""

    id: UUID
    title: str
    url: str
    mentor_id: int
    mentor: Person
    starts_at: datetime
    ends_at: datetime
    duration_minutes: int
    level: str
    language: str
    skills: tuple[str, ...]
    skill_slugs: tuple[str, ...]
    price_minor: int
    currency: str
    capacity: int
    seats_taken: int
    status: str
    recording: str
    timezone: str
    local_start: str
    offering_id: UUID | None = None
    rating: float | None = None
    rating_count: int = 0

    @property
    def seats_left(self) -> int:
        return self.capacity - self.seats_taken


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionDetail(SessionCard):
    """A session with the texts that only its own page shows."""

    description: str
    audience: str
    prerequisites: str
    objectives: tuple[str, ...]
    policy: str
    listed: bool
    series_id: UUID | None
    series_position: int | None


@dataclass(frozen=True, slots=True)
class SeatCount:
    """How many of a session's seats are taken, and what state it is in."""

    mentor_id: int
    taken: int
    capacity: int
    status: str


@dataclass(frozen=True, slots=True)
class BookingRow:
    """One booking as its learner sees it. `id` is the public one. `offered` to somebody who waited for a
    seat; `pay_url` is where a held one is paid, None where it costs nothing or nothing can be paid.
    `payment_status` is how far its payment is, None where none was begun. `terms` are what was promised
    for giving it back."""

    id: UUID
    status: str
    session: SessionCard
    price_minor: int
    currency: str
    hold_expires_at: datetime | None
    created_at: datetime
    can_join: bool
    can_cancel: bool
    join_url: str
    recordings_url: str | None
    offered: bool = False
    pay_url: str | None = None
    payment_status: str | None = None
    refund_minor: int | None = None
    terms: tuple[Term, ...] = ()

    @property
    def url(self) -> str:
        return f"/bookings/{self.id}"


@dataclass(frozen=True, slots=True)
class RoomAccess:
    """Somebody's right to be in a session's room."""

    role: Literal["mentor", "learner"]
    session: SessionCard
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Abilities:
    """What one person can do with one session now; templates show the buttons of what is true."""

    book: bool = False
    join: bool = False
    edit: bool = False
    publish: bool = False
    cancel: bool = False
    start: bool = False
    recordings: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """True numbers: lessons that took place or can be booked, and whole hours that were taught."""

    sessions: int
    hours: int
