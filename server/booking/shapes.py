"""Sessions and bookings as the API shows them; the names are the contract's."""

from __future__ import annotations

from typing import Any

from server.booking.values import BookingRow, SessionDetail


def session_shape(session: SessionDetail) -> dict[str, Any]:
    return {
        "id": session.id,
        "title": session.title,
        "description": session.description,
        "skills": session.skill_slugs,
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
        "mentor": {"username": session.mentor.username, "name": session.mentor.name},
    }


def booking_shape(booking: BookingRow) -> dict[str, Any]:
    """`payment_status` is None for a seat that costs nothing."""
    return {
        "id": booking.id,
        "session_id": booking.session.id,
        "status": booking.status,
        "hold_expires_at": booking.hold_expires_at,
        "price_minor": booking.price_minor,
        "currency": booking.currency,
        "payment_status": None,
    }
