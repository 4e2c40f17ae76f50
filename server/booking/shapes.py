"""Sessions and bookings as the API shows them; the names are the contract's."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from typing_extensions import TypedDict

from server.booking.values import BookingRow, SessionDetail


class MentorShape(TypedDict):
    username: str
    name: str


class SessionShape(TypedDict):
    """A session; prices are in minor units of the currency. Those of one offering teach the same, and
    share their rating, null where nobody gave one; a position in a series counts from 0."""

    id: UUID
    title: str
    description: str
    audience: str
    prerequisites: str
    skills: tuple[str, ...]
    level: str
    language: str
    objectives: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    duration_minutes: int
    timezone: str
    capacity: int
    seats_taken: int
    price_minor: int
    currency: str
    status: str
    recording: str
    policy: str
    offering_id: UUID | None
    series_id: UUID | None
    series_position: int | None
    rating: float | None
    rating_count: int
    mentor: MentorShape


class BookingShape(TypedDict):
    """A seat; `payment_status` is null where no payment was begun, `refund_minor` what cancelling it
    promised to give back."""

    id: UUID
    session_id: UUID
    status: str
    hold_expires_at: datetime | None
    price_minor: int
    currency: str
    refund_minor: int | None
    payment_status: str | None


class SeriesShape(TypedDict):
    """The sessions of a new series, in their order."""

    sessions: list[SessionShape]


def session_shape(session: SessionDetail) -> SessionShape:
    return {
        "id": session.id,
        "title": session.title,
        "description": session.description,
        "audience": session.audience,
        "prerequisites": session.prerequisites,
        "skills": tuple(session.skill_slugs),
        "level": session.level,
        "language": session.language,
        "objectives": session.objectives,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "duration_minutes": session.duration_minutes,
        "timezone": session.timezone,
        "capacity": session.capacity,
        "seats_taken": session.seats_taken,
        "price_minor": session.price_minor,
        "currency": session.currency,
        "status": session.status,
        "recording": session.recording,
        "policy": session.policy,
        "offering_id": session.offering_id,
        "series_id": session.series_id,
        "series_position": session.series_position,
        "rating": session.rating,
        "rating_count": session.rating_count,
        "mentor": {"username": session.mentor.username, "name": session.mentor.name},
    }


def booking_shape(booking: BookingRow) -> BookingShape:
    return {
        "id": booking.id,
        "session_id": booking.session.id,
        "status": booking.status,
        "hold_expires_at": booking.hold_expires_at,
        "price_minor": booking.price_minor,
        "currency": booking.currency,
        "refund_minor": booking.refund_minor,
        "payment_status": booking.payment_status,
    }
