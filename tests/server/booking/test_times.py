"""The five-minute grid and wall time in zones whose clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.booking.times import (
    GRID,
    cell_of,
    cells_between,
    check_ahead,
    next_mark,
    on_grid,
    read_start,
    wall_time,
    zone_names,
)
from server.infra.errors import Invalid

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
NOW = datetime(2030, 5, 14, 16, 2, 30, tzinfo=UTC)

instants = st.datetimes(
    datetime(2024, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC), allow_imaginary=False
)
minutes = st.integers(3, 48).map(lambda cells: timedelta(minutes=5 * cells))


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2030-05-14T18:00", "Europe/Berlin", "2030-05-14T16:00+00:00"),
        ("2030-05-14T18:00:00Z", "Europe/Berlin", "2030-05-14T18:00+00:00"),
        ("2030-05-14T18:00:00.000Z", "UTC", "2030-05-14T18:00+00:00"),
        ("2030-05-14T18:00+05:45", "UTC", "2030-05-14T12:15+00:00"),
        ("2030-05-14T18:00", "Asia/Kathmandu", "2030-05-14T12:15+00:00"),
        ("2026-10-25T02:30+02:00", "Europe/Berlin", "2026-10-25T00:30+00:00"),
        ("2026-10-25T02:30+01:00", "Europe/Berlin", "2026-10-25T01:30+00:00"),
    ],
)
def test_start_is_an_instant_or_wall_time_in_the_zone(text: str, zone: str, expected: str) -> None:
    assert read_start(text, zone) == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    ("text", "zone", "code"),
    [
        ("2026-03-29T02:30", "Europe/Berlin", "nonexistent_time"),
        ("2026-10-25T02:30", "Europe/Berlin", "ambiguous_time"),
        ("2026-03-08T02:00", "America/New_York", "nonexistent_time"),
        ("2026-11-01T01:55", "America/New_York", "ambiguous_time"),
        ("2026-10-04T02:15", "Australia/Lord_Howe", "nonexistent_time"),
        ("2026-04-05T01:45", "Australia/Lord_Howe", "ambiguous_time"),
    ],
)
def test_wall_time_that_the_clocks_skip_or_repeat_is_refused(text: str, zone: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_start(text, zone)
    assert refused.value.code == code
    assert refused.value.fields == {"starts_at": code}


@pytest.mark.parametrize("text", ["2026-03-29T01:55", "2026-03-29T03:00", "2026-10-25T03:00"])
def test_wall_time_beside_a_clock_change_is_taken(text: str) -> None:
    assert wall_time(read_start(text, "Europe/Berlin"), "Europe/Berlin") == text


@pytest.mark.parametrize(
    "text",
    [
        "2030-05-14T18:03",
        "2030-05-14T18:00:01",
        "2030-05-14T18:00:00.5Z",
        "2030-05-14T18:00+00:00:30",
        "tomorrow",
        "",
        "2030-05-14T25:00",
        "0001-01-01T00:00+14:00",
        "9999-12-31T23:55-14:00",
        "0001-01-01T00:00",
    ],
)
def test_start_off_the_grid_or_unreadable_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_start(text, "Asia/Tokyo")
    assert "starts_at" in refused.value.fields


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert on_grid(read_start(text, "Europe/Berlin"))
    except Invalid as refused:
        assert refused.fields


@given(instants, st.sampled_from(ZONES))
def test_wall_time_leads_back_to_its_instant_or_is_named_ambiguous(instant: datetime, zone: str) -> None:
    instant = next_mark(instant)
    try:
        assert read_start(wall_time(instant, zone), zone) == instant
    except Invalid as refused:
        assert refused.code == "ambiguous_time"
        other = instant.astimezone(ZoneInfo(zone))
        assert other.replace(fold=0).utcoffset() != other.replace(fold=1).utcoffset()


@given(instants)
def test_next_mark_is_the_nearest_one_that_is_not_past(instant: datetime) -> None:
    mark = next_mark(instant)
    assert on_grid(mark)
    assert timedelta(0) <= mark - instant < GRID


@given(instants, minutes, st.integers(-60, 60), minutes)
def test_lessons_share_a_cell_exactly_when_they_overlap(
    start: datetime, first_length: timedelta, cells_later: int, second_length: timedelta
) -> None:
    first = next_mark(start)
    second = first + cells_later * GRID
    shared = set(cells_between(first, first + first_length)) & set(
        cells_between(second, second + second_length)
    )
    assert bool(shared) == (first < second + second_length and second < first + first_length)


@given(instants, minutes)
def test_a_lesson_takes_one_cell_for_each_five_minutes(start: datetime, length: timedelta) -> None:
    start = next_mark(start)
    cells = cells_between(start, start + length)
    assert len(cells) == length // GRID
    assert list(cells) == sorted(cells)
    assert cells[0] == cell_of(start)


def test_a_lesson_can_start_at_the_next_mark_and_at_the_one_just_passed() -> None:
    check_ahead(next_mark(NOW), NOW)
    check_ahead(next_mark(NOW) - GRID, NOW)


@pytest.mark.parametrize("by", [timedelta(minutes=-10), timedelta(days=-1), timedelta(days=800)])
def test_a_lesson_in_the_past_or_far_away_is_refused(by: timedelta) -> None:
    with pytest.raises(Invalid) as refused:
        check_ahead(NOW + by, NOW)
    assert "starts_at" in refused.value.fields


def test_zones_are_known_by_their_iana_names() -> None:
    assert set(ZONES) <= zone_names()
    assert "../etc/passwd" not in zone_names()
