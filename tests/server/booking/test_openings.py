"""Hours on a mentor's clock as instants, in zones whose clocks change, and the lessons that fit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.booking.hours.openings import Opening, Slot, free_slots, minutes_on, openings
from server.booking.times import GRID, cells_between, on_grid
from server.people.availability import Availability, Override, Weekly

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
EVERY_DAY = range(7)
MONDAY = date(2030, 5, 13)

days = st.dates(date(2024, 1, 1), date(2040, 1, 1))
zones = st.sampled_from([*ZONES, "America/Havana", "Africa/Cairo", "America/St_Johns", "Asia/Beirut"])
marks = st.lists(st.integers(0, 288), min_size=2, max_size=6, unique=True).map(sorted)


def hours(
    zone: str, *spans: tuple[int, int], on: Iterable[int] = EVERY_DAY, buffer: int = 0
) -> Availability:
    """Open from and to these minutes."""
    weekly = tuple(Weekly(weekday, *span) for weekday in on for span in spans)
    return Availability(zone, True, buffer_minutes=buffer, weekly=weekly)


def clock(hour: int, minute: int = 0) -> int:
    return 60 * hour + minute


def walls(found: Iterable[Opening], zone: str) -> list[str]:
    """From and to as the zone's clocks show them."""
    where = ZoneInfo(zone)
    return [
        f"{each.starts_at.astimezone(where):%a %H:%M}–{each.ends_at.astimezone(where):%H:%M}"
        for each in found
    ]


def starts(found: Iterable[Slot], zone: str = "UTC") -> list[str]:
    return [f"{slot.starts_at.astimezone(ZoneInfo(zone)):%a %H:%M}" for slot in found]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# --- on the mentor's clock


@pytest.mark.parametrize(
    ("zone", "before", "after", "offsets"),
    [
        ("America/New_York", "2030-03-09", "2030-03-11", (-5, -4)),
        ("America/New_York", "2030-11-02", "2030-11-04", (-4, -5)),
        ("Europe/Berlin", "2030-03-30", "2030-04-01", (1, 2)),
        ("Europe/Berlin", "2030-10-26", "2030-10-28", (2, 1)),
        ("Australia/Lord_Howe", "2030-04-06", "2030-04-08", (11, 10.5)),
        ("Australia/Lord_Howe", "2030-10-05", "2030-10-07", (10.5, 11)),
        ("Asia/Kathmandu", "2030-03-30", "2030-04-01", (5.75, 5.75)),
    ],
)
def test_nine_stays_nine_when_the_clocks_change(
    zone: str, before: str, after: str, offsets: tuple[float, float]
) -> None:
    opened = hours(zone, (clock(9), clock(10)))
    for day, offset in zip((before, after), offsets, strict=True):
        only = openings(opened, date.fromisoformat(day), date.fromisoformat(day))
        assert [each.starts_at for each in only] == [at(f"{day}T09:00") - offset * HOUR]


@pytest.mark.parametrize(
    ("zone", "day", "span", "expected", "length"),
    [
        # spring: a part that does not exist is left out, and an hour that does not exist is none
        ("Europe/Berlin", "2030-03-31", (clock(1), clock(4)), ["Sun 01:00–04:00"], 2 * HOUR),
        ("Europe/Berlin", "2030-03-31", (clock(2), clock(3)), [], 0 * HOUR),
        ("America/New_York", "2030-03-10", (clock(2, 30), clock(3, 30)), ["Sun 03:00–03:30"], HOUR / 2),
        ("Australia/Lord_Howe", "2030-10-06", (clock(1), clock(3)), ["Sun 01:00–03:00"], 1.5 * HOUR),
        # autumn: the first of two hours is taken, the second is not
        (
            "Europe/Berlin",
            "2030-10-27",
            (clock(1), clock(4)),
            ["Sun 01:00–02:00", "Sun 03:00–04:00"],
            3 * HOUR,
        ),
        ("America/New_York", "2030-11-03", (clock(1), clock(2)), ["Sun 01:00–01:00"], HOUR),
        (
            "Australia/Lord_Howe",
            "2030-04-07",
            (clock(1), clock(3)),
            ["Sun 01:00–01:30", "Sun 02:00–03:00"],
            2 * HOUR,
        ),
        ("Asia/Kathmandu", "2030-03-31", (clock(9), clock(24)), ["Sun 09:00–00:00"], 15 * HOUR),
    ],
)
def test_times_that_the_clocks_skip_or_repeat(
    zone: str, day: str, span: tuple[int, int], expected: list[str], length: timedelta
) -> None:
    found = openings(hours(zone, span), date.fromisoformat(day), date.fromisoformat(day))
    assert walls(found, zone) == expected
    assert sum((each.ends_at - each.starts_at for each in found), timedelta()) == length


@given(days, zones, marks)
def test_every_wall_time_that_exists_is_open_exactly_once(day: date, zone: str, cuts: list[int]) -> None:
    spans = [(5 * start, 5 * end) for start, end in zip(cuts[::2], cuts[1::2], strict=False)]
    found = openings(hours(zone, *spans), day, day)
    where = ZoneInfo(zone)
    shown = [
        (each.starts_at + step * GRID).astimezone(where).replace(tzinfo=None)
        for each in found
        for step in range((each.ends_at - each.starts_at) // GRID)
    ]
    midnight = datetime.combine(day, datetime.min.time())
    wanted = [midnight + minute * MINUTE for span in spans for minute in range(*span, 5)]
    assert shown == [wall for wall in wanted if exists(wall, where)]
    assert all(on_grid(each.starts_at) and on_grid(each.ends_at) for each in found)


def exists(wall: datetime, where: ZoneInfo) -> bool:
    there_and_back = wall.replace(tzinfo=where).astimezone(UTC).astimezone(where)
    return there_and_back.replace(tzinfo=None) == wall


# --- overrides


def test_other_hours_stand_for_the_weeks_own_on_their_dates() -> None:
    week = hours("UTC", (clock(9), clock(12)), on=[0, 1, 2])
    tuesday = MONDAY + DAY
    changed = Availability(
        "UTC",
        True,
        weekly=week.weekly,
        overrides=(
            Override(tuesday, tuesday, clock(18), clock(20)),
            Override(tuesday, tuesday, clock(7), clock(8)),
        ),
    )
    assert minutes_on(changed, MONDAY) == [(clock(9), clock(12))]
    assert minutes_on(changed, tuesday) == [(clock(7), clock(8)), (clock(18), clock(20))]


def test_nothing_is_open_on_any_day_of_a_vacation() -> None:
    away = Availability(
        "UTC",
        True,
        weekly=hours("UTC", (0, 1440)).weekly,
        overrides=(Override(MONDAY, MONDAY + 6 * DAY), Override(MONDAY, MONDAY, clock(9), clock(10))),
    )
    assert openings(away, MONDAY, MONDAY + 6 * DAY) == []
    assert len(openings(away, MONDAY - DAY, MONDAY + 7 * DAY)) == 2


# --- lessons


def test_lessons_start_every_half_hour_from_when_hours_open() -> None:
    week = hours("Asia/Kathmandu", (clock(9, 10), clock(11)), on=[0])
    found = free_slots(week, set(), HOUR, at("2030-05-12T00:00"), at("2030-05-20T00:00"))
    assert starts(found, "Asia/Kathmandu") == ["Mon 09:10", "Mon 09:40"]


def test_a_lesson_can_go_past_midnight_where_both_days_are_open() -> None:
    late, early = Weekly(0, clock(23), clock(24)), Weekly(1, 0, clock(1))
    night = Availability("Europe/Berlin", True, weekly=(late, early))
    found = free_slots(night, set(), HOUR, at("2030-05-12T00:00"), at("2030-05-20T00:00"))
    assert starts(found, "Europe/Berlin") == ["Mon 23:00", "Mon 23:30", "Tue 00:00"]


def test_a_lesson_and_the_pause_after_it_stay_clear_of_what_is_taken() -> None:
    week = hours("UTC", (clock(9), clock(13)), on=[0], buffer=15)
    taken = set(cells_between(at("2030-05-13T10:30"), at("2030-05-13T11:15")))
    found = free_slots(week, taken, HOUR, at("2030-05-13T00:00"), at("2030-05-14T00:00"))
    assert starts(found) == ["Mon 09:00", "Mon 11:30", "Mon 12:00"]


def test_the_pause_may_lie_outside_of_open_hours() -> None:
    week = hours("UTC", (clock(9), clock(10)), on=[0], buffer=60)
    assert len(list(free_slots(week, set(), HOUR, at("2030-05-13T00:00"), at("2030-05-14T00:00")))) == 1


def test_only_starts_from_since_on_and_before_until_count() -> None:
    week = hours("UTC", (clock(9), clock(12)))
    found = free_slots(week, set(), HOUR, at("2030-05-13T10:00"), at("2030-05-14T10:00"))
    assert starts(found) == ["Mon 10:00", "Mon 10:30", "Mon 11:00", "Tue 09:00", "Tue 09:30"]


@given(days, zones, marks, st.integers(3, 48), st.integers(0, 12), st.sets(st.integers(0, 600)))
def test_every_slot_fits_and_none_that_fits_is_left_out(
    day: date, zone: str, cuts: list[int], cells: int, pause: int, busy: set[int]
) -> None:
    spans = [(5 * start, 5 * end) for start, end in zip(cuts[::2], cuts[1::2], strict=False)]
    week = hours(zone, *spans, buffer=5 * pause)
    since = datetime.combine(day, datetime.min.time(), UTC)
    until, length = since + 2 * DAY, cells * GRID
    taken = {cells_between(since, until)[0] + cell for cell in busy}
    opened = openings(week, day - DAY, day + 4 * DAY)
    open_cells = {cell for each in opened for cell in cells_between(each.starts_at, each.ends_at)}
    found = list(free_slots(week, taken, length, since, until))
    possible = [
        start
        for each in opened
        for start in (each.starts_at + step * 6 * GRID for step in range(100))
        if start < each.ends_at
        and since <= start < until
        and open_cells.issuperset(cells_between(start, start + length))
        and taken.isdisjoint(cells_between(start, start + length + pause * GRID))
    ]
    assert [slot.starts_at for slot in found] == possible
    assert all(slot.ends_at - slot.starts_at == length for slot in found)
