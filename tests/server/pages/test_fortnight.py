"""The small calendar: whose day it is decides which lessons are on it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from server.pages.fortnight import DAYS, fortnight

NOW = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)


def test_today_is_the_day_of_the_zone() -> None:
    berlin, lima = ZoneInfo("Europe/Berlin"), ZoneInfo("America/Lima")
    assert fortnight(NOW, berlin, [])[0].words == "Tuesday 24 November"
    assert fortnight(NOW, lima, [])[0].words == "Monday 23 November"


def test_lessons_count_on_their_local_day_and_only_within_the_fortnight() -> None:
    late = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
    far = datetime(2026, 12, 24, 12, 0, tzinfo=UTC)
    days = fortnight(NOW, ZoneInfo("Europe/Berlin"), [late, late, far])
    assert len(days) == DAYS
    assert {day.number: day.lessons for day in days if day.lessons} == {26: 2}
