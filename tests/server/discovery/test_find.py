"""What the timetable shows, and in how many queries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from server.booking import service
from server.booking.models import Session
from server.booking.service import SessionQuery
from server.booking.times import next_mark
from server.infra import clock
from server.infra.clock import ManualClock
from tests.databases import BOTH
from tests.server.booking.makers import draft, mentor, person, published, skill
from tests.server.queries import counted

pytestmark = pytest.mark.usefixtures("database")


async def titles(**wanted: Any) -> list[str]:
    found, total = await service.find_sessions(SessionQuery(**wanted), clock.now(), 0, 50)
    assert total == len(found)
    return [session.title for session in found]


async def programme() -> None:
    """Three published sessions by two mentors, an hour apart."""
    await skill("sql", "SQL")
    await skill("python", "Python")
    start = next_mark(clock.now()) + timedelta(hours=3)
    mira, max_ = await mentor("mira"), await mentor("max")
    await published(mira, start, title="Joins 100% drawn", skills=["sql"], duration_minutes=60)
    later = start + timedelta(hours=1)
    await published(max_, later, title="Loops", skills=["python"], level="advanced", capacity=3)
    latest = start + timedelta(hours=2)
    both = {"language": "de", "capacity": 2, "recording": "off"}
    await published(mira, latest, title="Both", skills=["python", "sql"], **both)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, ["Joins 100% drawn", "Loops", "Both"]),
        ({"q": "JOINS"}, ["Joins 100% drawn"]),
        ({"q": "100%"}, ["Joins 100% drawn"]),
        ({"q": "%"}, ["Joins 100% drawn"]),
        ({"q": "_"}, []),
        ({"q": "python max"}, ["Loops"]),
        ({"q": "laptop"}, ["Joins 100% drawn", "Loops", "Both"]),
        ({"skills": ("sql",)}, ["Joins 100% drawn", "Both"]),
        ({"skills": ("sql", "python")}, ["Joins 100% drawn", "Loops", "Both"]),
        ({"skills": ("alchemy",)}, []),
        ({"level": "advanced"}, ["Loops"]),
        ({"language": "de"}, ["Both"]),
        ({"mentor": "Mira"}, ["Joins 100% drawn", "Both"]),
        ({"price_max": 0}, ["Joins 100% drawn", "Loops", "Both"]),
        ({"price_min": 1}, []),
        ({"min_rating": 1.0}, []),
        ({"recording": "off"}, ["Both"]),
        ({"recording": "auto"}, ["Joins 100% drawn", "Loops"]),
    ],
)
async def test_filters_find_what_they_say(wanted: dict[str, Any], expected: list[str]) -> None:
    await programme()
    assert await titles(**wanted) == expected


@BOTH
async def test_times_and_seats_filter_too() -> None:
    await programme()
    sessions, _ = await service.find_sessions(SessionQuery(), clock.now(), 0, 50)
    first, second, third = sessions
    assert await titles(since=second.starts_at, until=third.starts_at) == ["Loops"]
    await service.book_session(first.id, await person("lea"))
    await service.book_session(third.id, await person("leo"))
    assert await titles(has_seats=True) == ["Loops", "Both"]
    assert await titles(sort="popular") == ["Joins 100% drawn", "Both", "Loops"]


async def test_amounts_are_compared_in_one_currency() -> None:
    await programme()
    await Session.filter(title="Loops").update(price_minor=1500, currency="EUR")
    await Session.filter(title="Both").update(price_minor=1500, currency="JPY")
    assert await titles(price_max=2000) == ["Joins 100% drawn", "Loops", "Both"]
    assert await titles(price_max=2000, currency="EUR") == ["Joins 100% drawn", "Loops"]
    assert await titles(price_min=1, price_max=2000, currency="JPY") == ["Both"]


async def test_only_what_can_still_be_entered_is_listed(moved_clock: ManualClock) -> None:
    mira = await mentor()
    start = next_mark(clock.now()) + timedelta(hours=1)
    await draft(mira, start, title="A draft")
    called_off = await published(mira, start + timedelta(hours=5), title="Called off")
    await service.cancel_session(called_off, mira)
    running = await published(mira, start, title="Running")
    moved_clock.set(start + timedelta(minutes=9))
    await service.mark_live(running)
    assert await titles() == ["Running"]
    moved_clock.set(start + timedelta(minutes=10))
    assert await titles() == []


@BOTH
async def test_pages_neither_repeat_nor_lose_a_session() -> None:
    mira = await mentor()
    start = next_mark(clock.now()) + timedelta(hours=1)
    for number in range(7):
        await published(mira, start + timedelta(hours=number), title=f"Part {number}")
    await Session.all().update(starts_at=start)
    seen = []
    for offset in (0, 3, 6, 9):
        found, total = await service.find_sessions(SessionQuery(), clock.now(), offset, 3)
        assert total == 7
        seen += [session.id for session in found]
    assert len(seen) == len(set(seen)) == 7


async def test_twenty_sessions_take_as_many_queries_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    await skill("sql", "SQL")
    mira = await mentor()
    start = next_mark(clock.now()) + timedelta(hours=1)
    counts = []
    for number in range(20):
        await published(mira, start + timedelta(hours=number), skills=["sql"], title=f"Part {number}")
        if number in (0, 19):
            with counted(monkeypatch) as statements:
                found, _ = await service.find_sessions(SessionQuery(), clock.now(), 0, 20)
            assert len(found) == number + 1
            counts.append(len(statements))
    assert counts == [3, 3]
