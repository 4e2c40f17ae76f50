"""A month and a week as their pages show them. Pure: lessons, open hours and the present instant go in.

Weeks begin on Monday. In a week the height of a lesson is its length, and where it stands is what the
wall clock shows; hours in which nothing is are cut off at both ends of the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from server.booking.hours.openings import Opening
from server.calendar.agenda import Lesson
from server.calendar.days import (
    DAY,
    MINUTES_A_DAY,
    Part,
    hours_of,
    midnight,
    parts_by_day,
    side_by_side,
    wall_minute,
)

WEEK = timedelta(days=7)
ROW = 5  # minutes
LINE = 16  # minutes: the height of a line of text, and a little more
LEAST_HIGH = 45  # minutes of height that a title and a time need
USUAL_HOURS = (8, 20)  # shown at least
LANES = 12  # columns of one day: it divides by 1, 2, 3 and 4 lessons beside one another


@dataclass(frozen=True, slots=True)
class MonthDay:
    date: date
    inside: bool
    today: bool
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """`first` is its first date; `weeks` begin with the Monday on or before that."""

    first: date
    weeks: tuple[tuple[MonthDay, ...], ...]

    @property
    def busy(self) -> list[MonthDay]:
        """The dates of the month itself on which something is."""
        return [day for day in chain(*self.weeks) if day.inside and day.parts]


@dataclass(frozen=True, slots=True)
class Block:
    """A lesson in a week: rows and columns of its day's grid, as CSS counts them. `name` is its id."""

    part: Part
    name: str
    rows: tuple[int, int]
    lanes: tuple[int, int]

    @property
    def lines(self) -> int:
        """How many lines of a title fit below its time."""
        return (self.rows[1] - self.rows[0]) * ROW // LINE - 1


@dataclass(frozen=True, slots=True)
class Shade:
    """Hours that are open, from and to in minutes of the wall clock, and their rows."""

    start: int
    end: int
    name: str
    rows: tuple[int, int]


@dataclass(frozen=True, slots=True)
class WeekDay:
    """`hours` is 23 or 25 where the clocks change."""

    date: date
    today: bool
    hours: float
    blocks: tuple[Block, ...]
    shades: tuple[Shade, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """`hours` are those shown, from and to; a day has `rows` rows."""

    days: tuple[WeekDay, ...]
    hours: tuple[int, int]

    @property
    def rows(self) -> int:
        return (self.hours[1] - self.hours[0]) * 60 // ROW

    @property
    def shaded(self) -> bool:
        return any(day.shades for day in self.days)

    @property
    def empty(self) -> bool:
        return not any(day.blocks for day in self.days)


def monday_of(day: date) -> date:
    return day - day.weekday() * DAY


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def month_after(first: date, count: int) -> date:
    """The first date of the month so many months later, or earlier."""
    months = first.year * 12 + first.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)


def dates_of_month(first: date) -> list[date]:
    """From a Monday to a Sunday, with all of the month between."""
    begin, after = monday_of(first), month_after(first, 1)
    return [begin + later * DAY for later in range(-((begin - after).days // 7) * 7)]


def month_of(first: date, lessons: Sequence[Lesson], where: ZoneInfo, today: date) -> Month:
    parts = parts_by_day(lessons, where)
    days = [
        MonthDay(day, day.month == first.month, day == today, tuple(parts.get(day, ())))
        for day in dates_of_month(first)
    ]
    return Month(first, tuple(tuple(days[at : at + 7]) for at in range(0, len(days), 7)))


def week_of(
    monday: date, lessons: Sequence[Lesson], opened: Sequence[Opening], where: ZoneInfo, today: date
) -> Week:
    parts = parts_by_day(lessons, where)
    dates = [monday + later * DAY for later in range(7)]
    open_minutes = {day: _minutes(opened, day, where) for day in dates}
    hours = _shown_hours([part for day in dates for part in parts.get(day, ())], open_minutes)
    return Week(
        tuple(
            WeekDay(
                day,
                day == today,
                hours_of(day, where),
                tuple(_blocks(parts.get(day, ()), hours, day)),
                tuple(_shades(open_minutes[day], hours, day)),
            )
            for day in dates
        ),
        hours,
    )


def _minutes(opened: Sequence[Opening], day: date, where: ZoneInfo) -> list[tuple[int, int]]:
    """What is open on a date, on the wall clock."""
    begin, end = midnight(day, where), midnight(day + DAY, where)
    here = [each for each in opened if each.starts_at < end and each.ends_at > begin]
    pairs = [(max(each.starts_at, begin), min(each.ends_at, end)) for each in here]
    return [(wall_minute(opens, day, where), wall_minute(closes, day, where)) for opens, closes in pairs]


def _shown_hours(
    parts: Sequence[Part], open_minutes: Mapping[date, Sequence[tuple[int, int]]]
) -> tuple[int, int]:
    """Whole hours that hold everything."""
    opened = list(chain(*open_minutes.values()))
    starts = [part.start for part in parts] + [start for start, _ in opened]
    ends = [max(part.end, part.start + LEAST_HIGH) for part in parts] + [end for _, end in opened]
    first, last = USUAL_HOURS
    earliest, latest = min([first * 60, *starts]), max([last * 60, *ends])
    return earliest // 60, min(24, -(-latest // 60))


def _blocks(parts: Sequence[Part], hours: tuple[int, int], day: date) -> list[Block]:
    return [
        Block(
            part,
            f"d{day:%d}n{number}",
            _rows(part.start, max(part.end, part.start + LEAST_HIGH), hours),
            _lanes(lane, count),
        )
        for number, (part, lane, count) in enumerate(side_by_side(parts, LEAST_HIGH))
    ]


def _shades(opened: Sequence[tuple[int, int]], hours: tuple[int, int], day: date) -> list[Shade]:
    return [
        Shade(start, end, f"o{day:%d}n{number}", _rows(start, end, hours))
        for number, (start, end) in enumerate(opened)
    ]


def _rows(start: int, end: int, hours: tuple[int, int]) -> tuple[int, int]:
    """From and to as lines of the grid, which count from 1; what is left of the day's end is enough."""
    first = hours[0] * 60
    end = min(end, MINUTES_A_DAY)
    return (start - first) // ROW + 1, max(-(-(end - first) // ROW), (start - first) // ROW + 1) + 1


def _lanes(lane: int, count: int) -> tuple[int, int]:
    wide = max(1, LANES // count)
    start = min(lane * wide, LANES - wide)
    return start + 1, start + wide + 1
