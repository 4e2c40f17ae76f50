"""Dates of somebody's zone: where they begin and end, and what a lesson takes of each. Pure.

A date lasts from its midnight to the next: 23 or 25 hours when the clocks change. A midnight that they
skip is the first instant after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.calendar.agenda import Lesson

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Part:
    """What a lesson takes of one date: minutes on the wall clock from midnight, and whether it began
    before that date or goes on after it. `lesson` is the whole."""

    lesson: Lesson
    start: int
    end: int
    begun: bool = False
    goes_on: bool = False


def monday_of(day: date) -> date:
    """The Monday of its week."""
    return day - day.weekday() * DAY


def midnight(day: date, where: ZoneInfo) -> datetime:
    """The first instant of a date."""
    return datetime.combine(day, time(), where).astimezone(UTC)


def hours_of(day: date, where: ZoneInfo) -> float:
    """How long a date lasts."""
    return (midnight(day + DAY, where) - midnight(day, where)) / timedelta(hours=1)


def wall_minute(instant: datetime, day: date, where: ZoneInfo) -> int:
    """What the wall clock shows on that date, in minutes from midnight; the date's end is 1440."""
    local = instant.astimezone(where)
    if local.date() != day:
        return MINUTES_A_DAY if local.date() > day else 0
    return 60 * local.hour + local.minute


def parts_by_day(lessons: Iterable[Lesson], where: ZoneInfo) -> dict[date, list[Part]]:
    """Lessons cut at midnights, by date, in order of time."""
    found: dict[date, list[Part]] = {}
    for lesson in lessons:
        for day in _dates(lesson, where):
            found.setdefault(day, []).append(_part(lesson, day, where))
    return found


def _dates(lesson: Lesson, where: ZoneInfo) -> Iterator[date]:
    day = lesson.starts_at.astimezone(where).date()
    while midnight(day, where) < lesson.ends_at:
        yield day
        day += DAY


def _part(lesson: Lesson, day: date, where: ZoneInfo) -> Part:
    opens, closes = midnight(day, where), midnight(day + DAY, where)
    begin, end = max(lesson.starts_at, opens), min(lesson.ends_at, closes)
    start = wall_minute(begin, day, where)
    # An hour stays an hour high on the night on which the clock shows two of them as one, or skips one.
    lasts = round((end - begin) / MINUTE)
    return Part(
        lesson,
        start,
        min(start + lasts, MINUTES_A_DAY),
        begun=lesson.starts_at < opens,
        goes_on=lesson.ends_at > closes,
    )


def side_by_side(parts: Sequence[Part], high: Callable[[Part], tuple[int, int]]) -> list[list[Part]]:
    """As many lanes as it takes that none covers another, one at the least, each in order of time. `high`
    says from where to where one is drawn."""
    lanes: list[list[Part]] = [[]]
    for part in sorted(parts, key=lambda each: (each.start, -each.end)):
        free = (lane for lane in lanes if not lane or high(lane[-1])[1] <= high(part)[0])
        lane = next(free, None)
        if lane is None:
            lane = []
            lanes.append(lane)
        lane.append(part)
    return lanes
