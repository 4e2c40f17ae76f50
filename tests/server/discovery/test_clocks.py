"""Hours and days of the timetable are those of the visitor's own clocks, in every zone and season."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.booking import service
from server.booking.models import Session
from server.booking.service import SessionQuery
from server.booking.states import SessionStatus
from server.booking.times import FURTHEST
from server.booking.wallclock import PARTS, offsets
from server.infra import clock
from server.infra.clock import ManualClock
from tests.databases import BOTH
from tests.server.booking.makers import mentor

ZONES = ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"]
AUTUMN = datetime(2030, 10, 1, tzinfo=UTC)  # clocks change in New York, Berlin and on Lord Howe soon
EVERY = timedelta(hours=7)  # so that all hours of the day and days of the week come by
HOW_MANY = 240  # ten weeks


async def lessons(start: datetime, minutes: int = 60) -> list[datetime]:
    """Published sessions every few hours, made in one go; returns when they begin."""
    mira = await mentor()
    starts = [start + EVERY * number for number in range(1, HOW_MANY + 1)]
    common = {"level": "beginner", "language": "en", "local_start": "", "timezone": "UTC", "capacity": 1}
    await Session.bulk_create(
        Session(
            id=uuid4(),
            mentor_id=mira.user_id,
            title="Any",
            starts_at=each,
            ends_at=each + timedelta(minutes=minutes),
            currency="EUR",
            status=SessionStatus.PUBLISHED,
            ics_uid=str(uuid4()),
            created_at=start,
            **common,
        )
        for each in starts
    )
    return starts


async def begins(query: SessionQuery) -> list[datetime]:
    found, total = await service.find_sessions(query, clock.now(), 0, HOW_MANY)
    assert total == len(found)
    return [session.starts_at for session in found]


@BOTH
@pytest.mark.usefixtures("database")
async def test_evenings_and_weekends_are_the_visitors_own(moved_clock: ManualClock) -> None:
    moved_clock.set(AUTUMN)
    starts = await lessons(AUTUMN)
    for name in ZONES:
        shown = {each: each.astimezone(ZoneInfo(name)) for each in starts}
        for part, (first, end) in PARTS.items():
            wanted = [each for each, at in shown.items() if first <= at.hour * 60 + at.minute < end]
            assert await begins(SessionQuery(timezone=name, part=part)) == wanted, (name, part)
        weekend = [each for each, at in shown.items() if at.weekday() >= 5]
        assert await begins(SessionQuery(timezone=name, days="weekends")) == weekend, name
        weekdays = [each for each in starts if each not in weekend]
        assert await begins(SessionQuery(timezone=name, days="weekdays")) == weekdays, name


@BOTH
@pytest.mark.usefixtures("database")
async def test_lengths_are_found_by_their_minutes() -> None:
    starts = await lessons(AUTUMN, minutes=30)
    await Session.filter(starts_at=starts[0]).update(ends_at=starts[0] + timedelta(minutes=60))
    await Session.filter(starts_at=starts[1]).update(ends_at=starts[1] + timedelta(minutes=65))
    assert await begins(SessionQuery(longer_than=60)) == [starts[1]]
    assert await begins(SessionQuery(longer_than=30, longest=60)) == [starts[0]]
    assert await begins(SessionQuery(longest=30)) == starts[2:]


@given(st.sampled_from(ZONES), st.datetimes(datetime(2026, 1, 1), datetime(2040, 1, 1)), st.data())
def test_every_instant_has_the_offset_of_its_stretch(
    name: str, day: datetime, more: st.DataObject
) -> None:
    begin = day.replace(tzinfo=UTC)
    instant = begin + more.draw(st.timedeltas(timedelta(0), FURTHEST))
    stretches = offsets(name, begin.date().toordinal())
    said = next(ahead for until, ahead in stretches if instant.timestamp() < until)
    offset = instant.astimezone(ZoneInfo(name)).utcoffset()
    assert offset is not None
    assert said == offset.total_seconds()
