"""Requests as the API shows them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from typing_extensions import TypedDict

from server.booking.requests.listing import RequestRow
from server.booking.shapes import MentorShape
from server.booking.values import Person


class RequestShape(TypedDict):
    """A request; `starts_at` and `ends_at` are what was asked, the price is in minor units; `role` is
    what the viewer is in it, `proposed_starts_at` the mentor's other time, `answer` the word with it."""

    id: UUID
    role: str
    status: str
    topic: str
    message: str
    starts_at: datetime
    ends_at: datetime
    duration_minutes: int
    timezone: str
    price_minor: int
    currency: str
    proposed_starts_at: datetime | None
    answer: str
    expires_at: datetime
    session_id: UUID | None
    mentor: MentorShape
    learner: MentorShape
    created_at: datetime


def request_shape(request: RequestRow) -> RequestShape:
    return {
        "id": request.id,
        "role": request.role,
        "status": request.status,
        "topic": request.topic,
        "message": request.message,
        "starts_at": request.asked.starts_at,
        "ends_at": request.asked.ends_at,
        "duration_minutes": request.duration_minutes,
        "timezone": request.timezone,
        "price_minor": request.price_minor,
        "currency": request.currency,
        "proposed_starts_at": request.proposed.starts_at if request.proposed else None,
        "answer": request.answer,
        "expires_at": request.expires_at,
        "session_id": request.session_id,
        "mentor": _person(request.mentor),
        "learner": _person(request.learner),
        "created_at": request.created_at,
    }


def _person(who: Person) -> MentorShape:
    return {"username": who.username, "name": who.name}
