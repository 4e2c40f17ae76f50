"""Dates that recur keep their wall time in every zone, and say where the clocks don't let them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.booking.clock_changes import instants_of, next_shown
from server.booking.recurrence import WALL, next_week_ahead, occurrences

ZONES = ("America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia")
WEEK = timedelta(weeks=1)

zones = st.sampled_from(ZONES)
walls = st.datetimes(datetime(2010, 1, 1), datetime(2037, 1, 1)).map(
    lambda wall: wall.replace(minute=wall.minute // 5 * 5, second=0, microsecond=0)
)


@given(walls, zones, st.integers(1, 4), st.integers(2, 52))
def test_every_date_shows_the_same_time_of_the_clocks(
    wall: datetime, zone: str, every_weeks: int, count: int
) -> None:
    where = ZoneInfo(zone)
    first = instants_of(next_shown(wall, where), where)[0]
    dates = occurrences(first, zone, every_weeks=every_weeks, count=count)
    begins = first.astimezone(where).replace(tzinfo=None)
    assert [date.position for date in dates] == list(range(count))
    for date in dates:
        meant = (begins + date.position * every_weeks * WEEK).strftime(WALL)
        shown = date.starts_at.astimezone(where).strftime(WALL)
        assert shown == date.local_start
        assert date.skipped in ("", meant)
        assert (shown == meant) == (date.skipped == "")
    assert all(one.starts_at < other.starts_at for one, other in pairwise(dates))


@given(walls, zones)
def test_wall_time_is_shown_never_once_or_twice(wall: datetime, zone: str) -> None:
    where = ZoneInfo(zone)
    found = instants_of(wall, where)
    assert len(found) <= 2
    assert all(each.astimezone(where).replace(tzinfo=None) == wall for each in found)
    assert list(found) == sorted(set(found))


@given(walls, zones)
def test_next_time_that_is_shown_exists_and_none_before_it_does(wall: datetime, zone: str) -> None:
    where = ZoneInfo(zone)
    shown = next_shown(wall, where)
    assert instants_of(shown, where)
    between = (
        wall + later * timedelta(minutes=5) for later in range((shown - wall) // timedelta(minutes=5))
    )
    assert not any(instants_of(each, where) for each in between)


@pytest.mark.parametrize(
    ("wall", "zone", "shown"),
    [
        ("2030-03-31T02:30", "Europe/Berlin", "2030-03-31T03:00"),
        ("2030-03-10T02:00", "America/New_York", "2030-03-10T03:00"),
        ("2030-10-06T02:15", "Australia/Lord_Howe", "2030-10-06T02:30"),
        ("2011-12-30T09:00", "Pacific/Apia", "2011-12-31T00:00"),
        ("2030-03-31T03:00", "Europe/Berlin", "2030-03-31T03:00"),
        ("2030-03-31T02:30", "Asia/Kathmandu", "2030-03-31T02:30"),
    ],
)
def test_skipped_time_leads_to_the_next_valid_one(wall: str, zone: str, shown: str) -> None:
    assert next_shown(datetime.strptime(wall, WALL), ZoneInfo(zone)).strftime(WALL) == shown


@pytest.mark.parametrize(
    ("first", "zone", "hours"),
    [
        ("2026-03-01T14:00+00:00", "America/New_York", [14, 13]),
        ("2026-10-18T07:00+00:00", "Europe/Berlin", [7, 8]),
        ("2026-03-22T08:00+00:00", "Europe/Berlin", [8, 7]),
        ("2026-03-22T03:15+00:00", "Asia/Kathmandu", [3, 3]),
    ],
)
def test_nine_o_clock_stays_nine_o_clock(first: str, zone: str, hours: list[int]) -> None:
    dates = occurrences(datetime.fromisoformat(first).astimezone(UTC), zone, count=2)
    assert [date.starts_at.hour for date in dates] == hours
    assert {date.local_start[11:] for date in dates} == {"09:00"}


def test_half_an_hour_of_lord_howe_is_kept_too() -> None:
    first = datetime.fromisoformat("2026-03-29T09:00+11:00").astimezone(UTC)
    dates = occurrences(first, "Australia/Lord_Howe", count=2)
    assert dates[1].starts_at - dates[0].starts_at == WEEK + timedelta(minutes=30)


def test_date_in_a_gap_begins_later_and_says_what_was_meant() -> None:
    first = datetime(2030, 3, 24, 1, 30, tzinfo=UTC)  # 02:30 in Berlin, a week before the clocks change
    dates = occurrences(first, "Europe/Berlin", count=3)
    assert [date.local_start[11:] for date in dates] == ["02:30", "03:00", "02:30"]
    assert [date.skipped for date in dates] == ["", "2030-03-31T02:30", ""]


def test_date_that_comes_twice_is_the_first_of_both() -> None:
    first = datetime(2030, 10, 20, 0, 30, tzinfo=UTC)
    dates = occurrences(first, "Europe/Berlin", count=2)
    assert (dates[1].twice, dates[1].starts_at) == (True, datetime(2030, 10, 27, 0, 30, tzinfo=UTC))


def test_chosen_second_of_both_stays_the_second() -> None:
    second = datetime(2030, 10, 27, 1, 30, tzinfo=UTC)
    assert occurrences(second, "Europe/Berlin")[0].starts_at == second


@pytest.mark.parametrize(
    ("local_start", "again"),
    [
        ("2030-05-02T18:00", "2030-05-16T18:00"),
        ("2030-05-09T18:00", "2030-05-16T18:00"),
        ("2030-05-23T18:00", "2030-05-30T18:00"),
        ("2029-01-04T18:00", "2030-05-16T18:00"),
    ],
)
def test_same_weekday_and_time_again_is_ahead(local_start: str, again: str) -> None:
    now = datetime(2030, 5, 10, 12, 0, tzinfo=UTC)
    assert next_week_ahead(local_start, "Europe/Berlin", now) == again
