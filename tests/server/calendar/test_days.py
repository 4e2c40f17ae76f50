"""Months and weeks as their pages show them, also where the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from server.booking.hours.openings import Opening
from server.calendar.agenda import Lesson
from server.calendar.days import hours_of, midnight, parts_by_day, side_by_side
from server.calendar.months import dates_of_month, month_after, month_of
from server.calendar.weeks import Week, drawn, week_of

BERLIN, CAIRO = ZoneInfo("Europe/Berlin"), ZoneInfo("Africa/Cairo")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)  # Berlin: 02:00 becomes 03:00, 03:00 becomes 02:00


def lesson(start: str, minutes: int = 60, where: ZoneInfo = BERLIN, number: int = 1) -> Lesson:
    """A lesson that begins at a wall time; `start` may have an offset."""
    read = datetime.fromisoformat(start)
    begins = (read if read.tzinfo else read.replace(tzinfo=where)).astimezone(UTC)
    ends = begins + timedelta(minutes=minutes)
    path = f"/sessions/{number}"
    return Lesson(UUID(int=number), "Loops", path, begins, ends, "published", "Mira", 1, 4)


@pytest.mark.parametrize(
    ("day", "where", "hours"),
    [
        (SPRING, BERLIN, 23),
        (AUTUMN, BERLIN, 25),
        (date(2026, 3, 28), BERLIN, 24),
        (date(2026, 4, 5), LORD_HOWE, 24.5),
    ],
)
def test_date_is_as_long_as_its_clocks_make_it(day: date, where: ZoneInfo, hours: float) -> None:
    assert hours_of(day, where) == hours


def test_midnight_that_is_skipped_is_the_first_instant_after_it() -> None:
    assert midnight(date(2026, 4, 24), CAIRO) == datetime(2026, 4, 23, 22, 0, tzinfo=UTC)
    assert hours_of(date(2026, 4, 24), CAIRO) == 23


def test_lesson_across_midnight_stands_on_both_dates() -> None:
    parts = parts_by_day([lesson("2026-11-24T23:30")], BERLIN)
    before, after = parts[date(2026, 11, 24)][0], parts[date(2026, 11, 25)][0]
    assert (before.start, before.end, before.goes_on, before.begun) == (1410, 1440, True, False)
    assert (after.start, after.end, after.goes_on, after.begun) == (0, 30, False, True)


def test_lesson_until_midnight_stands_on_one_date() -> None:
    assert list(parts_by_day([lesson("2026-11-24T23:00")], BERLIN)) == [date(2026, 11, 24)]


def test_hour_is_an_hour_high_on_the_nights_on_which_clocks_change() -> None:
    (spring,) = parts_by_day([lesson("2026-03-29T01:30")], BERLIN)[SPRING]
    (first,) = parts_by_day([lesson("2026-10-25T02:30+02:00")], BERLIN)[AUTUMN]
    (second,) = parts_by_day([lesson("2026-10-25T02:30+01:00")], BERLIN)[AUTUMN]
    assert (spring.start, spring.end) == (90, 150)
    assert (first.start, first.end) == (second.start, second.end) == (150, 210)


def shown(*lessons: Lesson, monday: date, opened: tuple[Opening, ...] = ()) -> Week:
    return week_of(monday, lessons, opened, BERLIN, monday)


def lanes_of(*lessons: Lesson, day: date = date(2026, 11, 24)) -> list[int]:
    """How many lessons stand in each lane."""
    return [len(lane) for lane in side_by_side(parts_by_day(lessons, BERLIN)[day], drawn)]


def test_lessons_that_meet_stand_beside_one_another() -> None:
    same = lesson("2026-10-25T02:30+02:00"), lesson("2026-10-25T02:30+01:00", number=2)
    assert lanes_of(*same, day=AUTUMN) == [1, 1]
    assert lanes_of(lesson("2026-11-24T10:00"), lesson("2026-11-24T11:00", number=2)) == [2]


def test_short_lessons_do_not_cover_one_another() -> None:
    assert lanes_of(lesson("2026-11-24T10:00", 15), lesson("2026-11-24T10:15", 15, number=2)) == [1, 1]


def test_week_has_a_cell_over_the_rows_of_a_lesson() -> None:
    week = shown(lesson("2026-11-24T21:30"), monday=date(2026, 11, 23))
    hours = [row.hour for row in week.rows if row.hour is not None]
    assert hours == list(range(8, 23))
    ((at, cell),) = [
        (at, cell) for at, row in enumerate(week.rows) for cell in row.cells if cell.part is not None
    ]
    assert (at, cell.rows) == (54, 4)
    assert week.days[0].today
    assert [day.date.day for day in week.busy] == [24]


@pytest.mark.parametrize("minutes", [15, 45, 90, 600])
@pytest.mark.parametrize("start", ["00:00", "08:05", "13:50", "23:30", "23:55"])
def test_every_row_of_a_week_fills_its_columns(start: str, minutes: int) -> None:
    lessons = [lesson(f"2026-11-{day}T{start}", minutes, number=day) for day in (22, 24, 25, 29)]
    begins = datetime(2026, 11, 23, 20, 20, tzinfo=UTC)
    week = shown(
        *lessons,
        lesson(f"2026-11-24T{start}", 15, number=1),
        monday=date(2026, 11, 23),
        opened=(Opening(begins, begins + timedelta(hours=5)),),
    )
    columns = sum(day.lanes for day in week.days)
    covered = sum(cell.rows for row in week.rows for cell in row.cells)
    assert covered == columns * len(week.rows)
    assert len(week.rows) % 4 == 0


def test_week_of_a_change_says_so_and_keeps_its_dates() -> None:
    week = shown(monday=date(2026, 3, 23))
    assert [day.date.day for day in week.days] == list(range(23, 30))
    assert [day.hours for day in week.days] == [24] * 6 + [23]
    assert week.busy == []


def test_open_hours_are_shaded_in_the_viewers_days() -> None:
    begins = datetime(2026, 11, 24, 21, 0, tzinfo=UTC)
    week = shown(monday=date(2026, 11, 23), opened=(Opening(begins, begins + timedelta(hours=4)),))
    assert [day.opened for day in week.days[1:3]] == [((1320, 1440),), ((0, 120),)]
    assert sum(cell.rows for row in week.rows for cell in row.cells if cell.shaded) == 16


def test_month_begins_on_a_monday_and_ends_on_a_sunday() -> None:
    for months in range(-30, 30):
        first = month_after(date(2026, 11, 1), months)
        dates = dates_of_month(first)
        assert (dates[0].weekday(), dates[-1].weekday()) == (0, 6)
        assert dates[0] <= first
        assert dates[-1] >= month_after(first, 1) - timedelta(days=1)
        assert len(dates) <= 42


def test_month_names_its_busy_dates() -> None:
    lessons = [lesson("2026-11-24T18:00"), lesson("2026-12-01T18:00", number=2)]
    month = month_of(date(2026, 11, 1), lessons, BERLIN, date(2026, 11, 24))
    assert [day.date for day in month.busy] == [date(2026, 11, 24)]
    assert month.busy[0].today
