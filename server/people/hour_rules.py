"""What hours a mentor may have, and what is said where they may not. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from server.people.availability import Override, Weekly

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
STEP = 5  # minutes, as lessons start on five-minute marks
MAX_A_DAY = 8  # stretches of hours
MAX_OVERRIDES = 200  # still to come
MAX_BUFFER = 240  # minutes
MAX_NOTICE = 14 * 24 * 60  # minutes
MAX_NOTE = 140
FURTHEST = timedelta(days=730)  # as for lessons

OFF_STEP = "Use steps of five minutes."
BACKWARDS = (
    "The end has to be after the start. What goes past midnight is added to the next day, from 00:00."
)
TOO_MANY = f"Up to {MAX_A_DAY} stretches a day."
FULL = f"Up to {MAX_OVERRIDES} entries: remove some first."

Problems = dict[str, str]


def clock_text(minute: int) -> str:
    """`09:05`; the end of the day is `24:00`."""
    return f"{minute // 60:02}:{minute % 60:02}"


def week_problems(weekly: Sequence[Weekly]) -> dict[int, str]:
    """What is wrong with which of these hours, by their place."""
    found: dict[int, str] = {}
    for weekday in range(len(DAYS)):
        places = [place for place, rule in enumerate(weekly) if rule.weekday == weekday]
        places.sort(key=lambda place: weekly[place].start_minute)
        before: Weekly | None = None
        for count, place in enumerate(places, 1):
            rule = weekly[place]
            problem = _stretch_problem(rule.start_minute, rule.end_minute)
            if not problem and before and rule.start_minute < before.end_minute:
                problem = f"These hours overlap with {_span(before)} on {DAYS[weekday]}."
            if not problem and count > MAX_A_DAY:
                problem = TOO_MANY
            if problem:
                found[place] = problem
            before = rule if before is None or rule.end_minute > before.end_minute else before
    return found


def _stretch_problem(start: int, end: int) -> str:
    if start >= end:
        return BACKWARDS
    return OFF_STEP if start % STEP or end % STEP else ""


def _span(hours: Weekly | Override) -> str:
    return f"{clock_text(hours.start_minute or 0)}–{clock_text(hours.end_minute or 0)}"


def pause_and_notice_problems(buffer_minutes: int | None, notice_minutes: int | None) -> Problems:
    found: Problems = {}
    if buffer_minutes is not None and (buffer_minutes % STEP or not 0 <= buffer_minutes <= MAX_BUFFER):
        found["buffer_minutes"] = f"Up to {MAX_BUFFER} minutes, in steps of five."
    if notice_minutes is not None and not 0 <= notice_minutes <= MAX_NOTICE:
        found["notice_minutes"] = "Up to 14 days."
    return found


def override_problems(wanted: Override, others: Iterable[Override], today: date) -> Problems:
    """What is wrong with one more, by its field; of its dates first, as hours mean nothing without."""
    return _date_problems(wanted, today) or _hour_problems(wanted) or _clashes(wanted, others)


def _date_problems(wanted: Override, today: date) -> Problems:
    if wanted.last_date < wanted.first_date:
        return {"last_date": "The last day can’t be before the first."}
    if wanted.last_date < today:
        return {"first_date": "Choose days that are still to come."}
    if wanted.last_date > today + FURTHEST:
        return {"last_date": "Choose days within the next two years."}
    return {}


def _hour_problems(wanted: Override) -> Problems:
    if len(wanted.note) > MAX_NOTE:
        return {"note": f"Use at most {MAX_NOTE} characters."}
    if wanted.start_minute is None and wanted.end_minute is None:
        return {}
    if wanted.start_minute is None or wanted.end_minute is None:
        return {"end" if wanted.end_minute is None else "start": "Give both, or neither."}
    problem = _stretch_problem(wanted.start_minute, wanted.end_minute)
    return {"end": problem} if problem else {}


def _clashes(wanted: Override, others: Iterable[Override]) -> Problems:
    """One is away on a date, or has other hours: not both."""
    for other in others:
        if wanted.first_date > other.last_date or other.first_date > wanted.last_date:
            continue
        if other.away:
            return {"first_date": f"You are away {_dates(other)} already. Remove that first."}
        if wanted.away:
            return {"first_date": f"You have other hours {_dates(other)}. Remove those first."}
        if _meet(wanted, other):
            return {"start": f"These hours overlap with {_span(other)} {_dates(other)}."}
    return {}


def _meet(one: Override, other: Override) -> bool:
    assert one.start_minute is not None and one.end_minute is not None
    assert other.start_minute is not None and other.end_minute is not None
    return one.start_minute < other.end_minute and other.start_minute < one.end_minute


def _dates(override: Override) -> str:
    first, last = (f"{day.day} {day:%B}" for day in (override.first_date, override.last_date))
    return f"on {first}" if first == last else f"from {first} to {last}"


def usual_problems(
    weekly: Sequence[Weekly], buffer_minutes: int | None, notice_minutes: int | None
) -> Problems:
    """Of what holds every week; `weekly.2` names hours by their place."""
    wrong = {f"weekly.{place}": problem for place, problem in week_problems(weekly).items()}
    return wrong | pause_and_notice_problems(buffer_minutes, notice_minutes)


def all_override_problems(overrides: Sequence[Override], today: date) -> Problems:
    """Of overrides that are kept at once; `overrides.0.last_date` names one's field by its place."""
    if len(overrides) > MAX_OVERRIDES:
        return {"overrides": FULL}
    found: Problems = {}
    for place, override in enumerate(overrides):
        for field, problem in override_problems(override, overrides[:place], today).items():
            found[f"overrides.{place}.{field}"] = problem
    return found
