"""A month as its page shows it, from a Monday to a Sunday. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from zoneinfo import ZoneInfo

from server.calendar.agenda import Lesson
from server.calendar.days import DAY, Part, monday_of, parts_by_day


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
