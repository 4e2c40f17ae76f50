"""Requests for the tests: a mentor with hours, and learners who ask."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from server.booking.hours.slots import bookable_slots
from server.booking.requests.asking import ask
from server.booking.requests.forms import RequestForm
from server.booking.requests.listing import RequestRow, get_request
from server.booking.times import next_mark
from server.edge.access import Viewer
from server.infra import clock
from server.people.availability import Weekly
from server.people.models import MentorProfile
from server.people.timetable import keep_week
from tests.server.booking.makers import mentor

ALWAYS = tuple(Weekly(day, 0, 1440) for day in range(7))


async def teacher(username: str = "mira", rate_minor: int | None = None, **options: Any) -> Viewer:
    """A mentor who can be asked at any time from in an hour on."""
    found = await mentor(username, **options)
    await keep_week(found, ALWAYS, notice_minutes=60)
    rate = {"rate_minor": rate_minor, "currency": "EUR" if rate_minor else ""}
    await MentorProfile.filter(user_id=found.user_id).update(**rate)
    return found


def start(hours: float = 72) -> datetime:
    """A mark so many hours from now."""
    return next_mark(clock.now()) + timedelta(hours=hours)


def wish(starts_at: datetime | None = None, wall: str = "", **values: Any) -> RequestForm:
    """An hour about closures, in three days; or at a wall time of the learner's."""
    wanted = {"topic": "Closures, slowly", "message": "I start on Monday.", "duration_minutes": 60}
    at = wall or (starts_at or start()).isoformat()
    return RequestForm.model_validate({**wanted, "starts_at": at, **values})


async def asked(learner: Viewer, of: Viewer, starts_at: datetime | None = None, **values: Any) -> UUID:
    return (await ask(learner, of.username, wish(starts_at, **values))).request_id


async def status_of(request_id: UUID, viewer: Viewer) -> str:
    return (await row_of(request_id, viewer)).status


async def row_of(request_id: UUID, viewer: Viewer) -> RequestRow:
    return await get_request(request_id, viewer)


async def first_free(of: Viewer, viewer: Viewer, minutes: int = 60) -> datetime:
    """The first time that a page shows."""
    at = clock.now()
    slots = await bookable_slots(
        of.username, viewer.user_id, minutes=minutes, now=at, since=at, until=at + timedelta(days=7)
    )
    return slots[0].starts_at
