"""Between the fields of the page of hours and the hours themselves. Pure.

Each day has rows of two fields: `start-0-1` and `end-0-1` are Monday's second. A button of the form says
with `do` what it is for: `add:0`, `remove:0:1`, `copy:0`, `preview`, or `save`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from server.infra.errors import Invalid
from server.people.availability import Availability, Weekly
from server.people.hour_rules import DAYS, MAX_A_DAY, clock_text, usual_problems

FIELD = re.compile(r"(start|end)-([0-6])-([0-9])")
CLOCK = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])|24:00")
DIGITS = re.compile(r"[0-9]{1,5}")
WORKDAYS = range(5)
END_OF_DAY = 24 * 60
USUAL = ("09:00", "17:00")
BREAK, STRETCH = 60, 120  # minutes between hours that are added, and how long they are
BOTH_WANTED = "Give a start and an end."
A_CLOCK = "Write a time such as 09:30."


@dataclass(frozen=True, slots=True)
class Row:
    """From and to, as they stand in their fields."""

    start: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class WeekForm:
    """What the form holds, whether it makes sense or not."""

    days: tuple[tuple[Row, ...], ...]
    buffer_minutes: str
    notice_minutes: str


def form_of(hours: Availability) -> WeekForm:
    by_day = {day: list(rules) for day, rules in groupby(hours.weekly, lambda rule: rule.weekday)}
    days = (tuple(_row(rule) for rule in by_day.get(day, ())) for day in range(len(DAYS)))
    return WeekForm(tuple(days), str(hours.buffer_minutes), str(hours.notice_minutes))


def _row(rule: Weekly) -> Row:
    """Midnight is 00:00 in a browser's field, whichever end of the day is meant."""
    return Row(clock_text(rule.start_minute), clock_text(rule.end_minute % END_OF_DAY))


def form_sent(sent: Mapping[str, Any]) -> WeekForm:
    found: dict[tuple[int, int], Row] = {}
    for name, value in sent.items():
        match = FIELD.fullmatch(name)
        if match and isinstance(value, str):
            place = int(match[2]), int(match[3])
            found[place] = replace(found.get(place, Row()), **{match[1]: value.strip()})
    days = (
        tuple(row for (weekday, _), row in sorted(found.items()) if weekday == day)
        for day in range(len(DAYS))
    )
    minutes = (str(sent.get(name, "")) for name in ("buffer_minutes", "notice_minutes"))
    return WeekForm(tuple(days), *minutes)


# --- what the buttons do


def pressed(form: WeekForm, button: str) -> WeekForm:
    """The form after a button that changes its rows; any other leaves it as it is."""
    action, *places = button.split(":")
    if not all(place.isascii() and place.isdigit() for place in places) or action not in ROW_ACTIONS:
        return form
    numbers = [int(place) for place in places]
    if len(numbers) != (2 if action == "remove" else 1) or numbers[0] >= len(DAYS):
        return form
    return ROW_ACTIONS[action](form, *numbers)


def _with_day(form: WeekForm, day: int, rows: Iterable[Row]) -> WeekForm:
    days = list(form.days)
    days[day] = tuple(rows)[:MAX_A_DAY]
    return replace(form, days=tuple(days))


def _add(form: WeekForm, day: int) -> WeekForm:
    return _with_day(form, day, (*form.days[day], _next_row(form.days[day])))


def _next_row(rows: Sequence[Row]) -> Row:
    """A usual day, or some time after the last of its hours where there is any left."""
    if not rows:
        return Row(*USUAL)
    start = (minute_of(rows[-1].end) or END_OF_DAY) + BREAK
    if start + STRETCH > END_OF_DAY:
        return Row()
    return Row(clock_text(start), clock_text((start + STRETCH) % END_OF_DAY))


def _remove(form: WeekForm, day: int, place: int) -> WeekForm:
    return _with_day(form, day, (row for at, row in enumerate(form.days[day]) if at != place))


def _copy(form: WeekForm, day: int) -> WeekForm:
    for workday in WORKDAYS:
        form = _with_day(form, workday, form.days[day])
    return form


ROW_ACTIONS: Mapping[str, Callable[..., WeekForm]] = {"add": _add, "remove": _remove, "copy": _copy}


# --- what it says


def hours_of(form: WeekForm, kept: Availability) -> Availability:
    """What is kept with what the form says instead. Raises Invalid naming rows and fields."""
    weekly = _weekly(form)
    pause, notice = _minutes(form)
    wrong = usual_problems(weekly, pause, notice)
    if wrong:
        raise Invalid(fields=_named(form, wrong))
    return replace(kept, weekly=weekly, buffer_minutes=pause, notice_minutes=notice)


def _weekly(form: WeekForm) -> tuple[Weekly, ...]:
    """Rows of which nothing is filled in are left out."""
    found, wrong = [], {}
    for day, place, row in _filled(form):
        start, end = minute_of(row.start), minute_of(row.end)
        if start is None or end is None:
            wrong[row_name(day, place)] = A_CLOCK if row.start and row.end else BOTH_WANTED
        else:
            found.append(Weekly(day, start, end or END_OF_DAY))
    if wrong:
        raise Invalid(fields=wrong)
    return tuple(found)


def _filled(form: WeekForm) -> Iterable[tuple[int, int, Row]]:
    for day, rows in enumerate(form.days):
        for place, row in enumerate(rows):
            if row.start or row.end:
                yield day, place, row


def row_name(day: int, place: int) -> str:
    return f"start-{day}-{place}"


def _named(form: WeekForm, wrong: Mapping[str, str]) -> dict[str, str]:
    """Problems of `weekly.2` under the row that it is."""
    names = [row_name(day, place) for day, place, _ in _filled(form)]
    return {
        names[int(field.removeprefix("weekly."))] if field.startswith("weekly.") else field: problem
        for field, problem in wrong.items()
    }


def _minutes(form: WeekForm) -> tuple[int, int]:
    """Pause and notice."""
    texts = {"buffer_minutes": form.buffer_minutes, "notice_minutes": form.notice_minutes}
    wrong = {
        name: "Choose one of the list." for name, text in texts.items() if not DIGITS.fullmatch(text)
    }
    if wrong:
        raise Invalid(fields=wrong)
    return int(form.buffer_minutes), int(form.notice_minutes)


def minute_of(text: str) -> int | None:
    """Minutes from midnight of `9:05` or `24:00`."""
    match = CLOCK.fullmatch(text)
    if match is None:
        return None
    return END_OF_DAY if match[1] is None else 60 * int(match[1]) + int(match[2])
