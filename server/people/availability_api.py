"""JSON: `/api/v1/users/me/availability`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from aiohttp import web
from pydantic import BeforeValidator, Field, StringConstraints
from typing_extensions import TypedDict

from server.edge.access import Viewer, require_viewer
from server.edge.api import ok, read_json
from server.edge.forms import Form
from server.edge.openapi import described
from server.people.availability import Override, Weekly
from server.people.hour_rules import (
    MAX_A_DAY,
    MAX_BUFFER,
    MAX_NOTE,
    MAX_NOTICE,
    MAX_OVERRIDES,
    STEP,
    clock_text,
)
from server.people.timetable import keep_week, own_availability

MOST_WEEKLY = 7 * MAX_A_DAY


def _written(value: Any) -> Any:
    """Numbers are days to pydantic too, counted from 1970."""
    if not isinstance(value, str) or len(value) != len("2030-05-14"):
        raise ValueError("Write a day such as 2030-05-14.")
    return value


Day = Annotated[date, BeforeValidator(_written)]
Clock = Annotated[str, StringConstraints(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]


class WeeklyForm(Form):
    """Hours of each week; `weekday` 0 is Monday, `end` may be `24:00`."""

    weekday: int = Field(ge=0, le=6, strict=True)
    start: Clock
    end: Clock


class OverrideForm(Form):
    """Other hours on these dates, both included, or none where `start` and `end` are left out."""

    first_date: Day
    last_date: Day
    start: Clock | None = None
    end: Clock | None = None
    note: str = Field("", max_length=MAX_NOTE)


class ChangeAvailability(Form):
    """`weekly` is all of it; what else is left out stays."""

    weekly: list[WeeklyForm] = Field(max_length=MOST_WEEKLY)
    overrides: list[OverrideForm] | None = Field(None, max_length=MAX_OVERRIDES)
    buffer_minutes: int | None = Field(None, ge=0, le=MAX_BUFFER, multiple_of=STEP, strict=True)
    notice_minutes: int | None = Field(None, ge=0, le=MAX_NOTICE, strict=True)


class WeeklyShape(TypedDict):
    weekday: int
    start: str
    end: str


class OverrideShape(TypedDict):
    id: UUID
    first_date: date
    last_date: date
    start: str | None
    end: str | None
    note: str


class AvailabilityShape(TypedDict):
    """When a mentor teaches, on the clock of `timezone`."""

    timezone: str
    weekly: list[WeeklyShape]
    overrides: list[OverrideShape]
    buffer_minutes: int
    notice_minutes: int


@described(data=AvailabilityShape)
async def availability(request: web.Request) -> web.Response:
    """`GET /users/me/availability`."""
    return ok(await _shape(require_viewer(request)))


@described(body=ChangeAvailability, data=AvailabilityShape)
async def change_availability(request: web.Request) -> web.Response:
    """`PUT /users/me/availability {weekly, overrides?, buffer_minutes?, notice_minutes?}`."""
    mentor, form = require_viewer(request), await read_json(request, ChangeAvailability)
    await keep_week(
        mentor,
        [Weekly(rule.weekday, minute(rule.start), minute(rule.end)) for rule in form.weekly],
        buffer_minutes=form.buffer_minutes,
        notice_minutes=form.notice_minutes,
        overrides=None if form.overrides is None else [_override(each) for each in form.overrides],
    )
    return ok(await _shape(mentor))


def minute(text: str) -> int:
    """Minutes from midnight of `09:05`."""
    hours, minutes = text.split(":")
    return 60 * int(hours) + int(minutes)


def _override(form: OverrideForm) -> Override:
    start, end = (None if text is None else minute(text) for text in (form.start, form.end))
    return Override(form.first_date, form.last_date, start, end, form.note.strip())


async def _shape(mentor: Viewer) -> AvailabilityShape:
    found = await own_availability(mentor)
    return AvailabilityShape(
        timezone=found.timezone,
        weekly=[_weekly_shape(rule) for rule in found.weekly],
        overrides=[_override_shape(each) for each in found.overrides],
        buffer_minutes=found.buffer_minutes,
        notice_minutes=found.notice_minutes,
    )


def _weekly_shape(rule: Weekly) -> WeeklyShape:
    return WeeklyShape(
        weekday=rule.weekday, start=clock_text(rule.start_minute), end=clock_text(rule.end_minute)
    )


def _override_shape(override: Override) -> OverrideShape:
    start, end = (
        None if minute is None else clock_text(minute)
        for minute in (override.start_minute, override.end_minute)
    )
    return OverrideShape(
        id=override.id,
        first_date=override.first_date,
        last_date=override.last_date,
        start=start,
        end=end,
        note=override.note,
    )
