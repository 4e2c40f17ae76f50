"""A week as its page shows it: a table with a row for each quarter of an hour, and as many columns a day
as lessons meet in it. Pure: lessons, open hours and the present date go in.

Where a lesson stands is what the wall clock shows. Hours in which nothing is are left out at both ends of
the day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import date
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

ROW = 15  # minutes
ROWS_AN_HOUR = 60 // ROW
LEAST_HIGH = 45  # minutes of height that a title and a time need
USUAL_HOURS = (8, 20)  # shown at least


@dataclass(frozen=True, slots=True)
class WeekDay:
    """`hours` is 23 or 25 where the clocks change; `opened` are minutes of the wall clock, from and to;
    `lanes`: how many columns the day takes."""

    date: date
    today: bool
    hours: float
    parts: tuple[Part, ...]
    opened: tuple[tuple[int, int], ...]
    lanes: int


@dataclass(frozen=True, slots=True)
class Cell:
    """So many rows of one column: a part of a lesson, or of the time between, which may be open."""

    rows: int
    part: Part | None = None
    shaded: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A quarter of an hour: the cells that begin in it. `hour` where an hour does."""

    hour: int | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Week:
    days: tuple[WeekDay, ...]
    rows: tuple[Row, ...]

    @property
    def shaded(self) -> bool:
        return any(day.opened for day in self.days)

    @property
    def busy(self) -> list[WeekDay]:
        return [day for day in self.days if day.parts]


def week_of(
    monday: date, lessons: Sequence[Lesson], opened: Sequence[Opening], where: ZoneInfo, today: date
) -> Week:
    parts = parts_by_day(lessons, where)
    dates = [monday + later * DAY for later in range(7)]
    lanes = [side_by_side(parts.get(day, ()), drawn) for day in dates]
    days = tuple(
        WeekDay(
            day,
            day == today,
            hours_of(day, where),
            tuple(parts.get(day, ())),
            tuple(_minutes(opened, day, where)),
            len(columns),
        )
        for day, columns in zip(dates, lanes, strict=True)
    )
    return Week(days, _table(days, lanes))


def drawn(part: Part) -> tuple[int, int]:
    """Whole rows, as many as its words need, and none below the end of the day."""
    start = min(part.start // ROW * ROW, MINUTES_A_DAY - LEAST_HIGH)
    return start, max(-(-part.end // ROW) * ROW, start + LEAST_HIGH)


def _minutes(opened: Sequence[Opening], day: date, where: ZoneInfo) -> list[tuple[int, int]]:
    """What is open on a date, on the wall clock."""
    begin, end = midnight(day, where), midnight(day + DAY, where)
    here = [each for each in opened if each.starts_at < end and each.ends_at > begin]
    pairs = [(max(each.starts_at, begin), min(each.ends_at, end)) for each in here]
    return [(wall_minute(opens, day, where), wall_minute(closes, day, where)) for opens, closes in pairs]


def _table(days: Sequence[WeekDay], lanes: Sequence[Sequence[Sequence[Part]]]) -> tuple[Row, ...]:
    first, last = _shown_hours(days)
    columns = [
        _column(lane, _open_rows(day.opened), first * ROWS_AN_HOUR, last * ROWS_AN_HOUR)
        for day, own in zip(days, lanes, strict=True)
        for lane in own
    ]
    return tuple(
        Row(
            None if row % ROWS_AN_HOUR else row // ROWS_AN_HOUR,
            tuple(column[row] for column in columns if row in column),
        )
        for row in range(first * ROWS_AN_HOUR, last * ROWS_AN_HOUR)
    )


def _shown_hours(days: Sequence[WeekDay]) -> tuple[int, int]:
    """Whole hours that hold everything."""
    spans = [drawn(part) for day in days for part in day.parts]
    spans += [span for day in days for span in day.opened]
    earliest = min([USUAL_HOURS[0] * 60, *(start for start, _ in spans)])
    latest = max([USUAL_HOURS[1] * 60, *(end for _, end in spans)])
    return earliest // 60, -(-latest // 60)


def _open_rows(opened: Iterable[tuple[int, int]]) -> frozenset[int]:
    return frozenset(row for start, end in opened for row in range(start // ROW, -(-end // ROW)))


def _column(lane: Sequence[Part], open_rows: Set[int], first: int, last: int) -> dict[int, Cell]:
    """The cells of one column by the row they begin in; what is between lessons is cut at full hours, and
    where it opens and closes."""
    cells: dict[int, Cell] = {}
    at = first
    for part in lane:
        start, end = (minute // ROW for minute in drawn(part))
        cells |= _between(at, start, open_rows)
        cells[start] = Cell(end - start, part)
        at = end
    return cells | _between(at, last, open_rows)


def _between(at: int, end: int, open_rows: Set[int]) -> dict[int, Cell]:
    cells: dict[int, Cell] = {}
    while at < end:
        shaded = at in open_rows
        cuts = (
            row for row in range(at + 1, end) if not row % ROWS_AN_HOUR or (row in open_rows) != shaded
        )
        until = next(cuts, end)
        cells[at] = Cell(until - at, shaded=shaded)
        at = until
    return cells
