"""From hours on a mentor's clock to instants, and to the lessons that fit into them. Pure.

A wall time is open once: what the clocks skip that night is left out, and of what they show twice the
first is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from server.booking.times import GRID, cells_between
from server.people.availability import Availability, Override

STEP = timedelta(minutes=30)  # between the starts that are offered, counted from when hours open
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Opening:
    """An uninterrupted time in which lessons can be; instants in UTC."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Slot:
    """A free time of one lesson; instants in UTC."""

    starts_at: datetime
    ends_at: datetime


# --- from the mentor's clock to instants


def openings(hours: Availability, first: date, last: date) -> list[Opening]:
    """What is open on these dates of the mentor's, both included, in order of time."""
    where = ZoneInfo(hours.timezone)
    return [
        opening
        for day in _days(first, last)
        for start, end in minutes_on(hours, day)
        for opening in _instants(day, start, end, where)
    ]


def minutes_on(hours: Availability, day: date) -> list[tuple[int, int]]:
    """From and to, in minutes from midnight: what overrides say of this date, or else the week."""
    special = [each for each in hours.overrides if each.first_date <= day <= each.last_date]
    if special:
        return _special_minutes(special)
    return [
        (rule.start_minute, rule.end_minute) for rule in hours.weekly if rule.weekday == day.weekday()
    ]


def _special_minutes(special: Sequence[Override]) -> list[tuple[int, int]]:
    """Whoever is away on a date is away, whatever else is said of it."""
    if any(each.start_minute is None for each in special):
        return []
    return sorted((each.start_minute or 0, each.end_minute or 0) for each in special)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=later) for later in range((last - first).days + 1))


def _instants(day: date, start: int, end: int, where: ZoneInfo) -> list[Opening]:
    midnight = datetime.combine(day, time())
    offsets = {
        edge.replace(tzinfo=where, fold=fold).utcoffset()
        for edge in (midnight, midnight + DAY)
        for fold in (0, 1)
    }
    if len(offsets) > 1:
        return _step_by_step(midnight, start, end, where)
    opens, closes = (
        (midnight + timedelta(minutes=minute)).replace(tzinfo=where).astimezone(UTC)
        for minute in (start, end)
    )
    return [Opening(opens, closes)]


def _step_by_step(midnight: datetime, start: int, end: int, where: ZoneInfo) -> list[Opening]:
    """On a date on which the clocks change."""
    found: list[Opening] = []
    for minute in range(start, end, GRID // timedelta(minutes=1)):
        wall = midnight + timedelta(minutes=minute)
        instant = wall.replace(tzinfo=where).astimezone(UTC)  # fold 0: the first of two
        if instant.astimezone(where).replace(tzinfo=None) != wall:
            continue
        opens = found.pop().starts_at if found and found[-1].ends_at == instant else instant
        found.append(Opening(opens, instant + GRID))
    return found


# --- from open hours to lessons


def free_slots(
    hours: Availability, taken: Set[int], length: timedelta, since: datetime, until: datetime
) -> Iterator[Slot]:
    """The lessons of this length that can start from `since` on and before `until`, in order of time:
    within open hours, with a pause after them, and all of it beside the cells that are taken."""
    where, pause = ZoneInfo(hours.timezone), timedelta(minutes=hours.buffer_minutes)
    opened = openings(hours, since.astimezone(where).date(), until.astimezone(where).date() + DAY)
    for opening, closes in zip(opened, _closing_times(opened), strict=True):
        for start in _starts(opening, min(until, closes - length + GRID)):
            if start >= since and taken.isdisjoint(cells_between(start, start + length + pause)):
                yield Slot(start, start + length)


def fits(hours: Availability, taken: Set[int], start: datetime, length: timedelta) -> bool:
    """Whether a lesson can begin just then, on any mark: by the rule of `free_slots`."""
    day, pause = (
        start.astimezone(ZoneInfo(hours.timezone)).date(),
        timedelta(minutes=hours.buffer_minutes),
    )
    opened = openings(hours, day, day + DAY)
    within = any(
        opening.starts_at <= start < opening.ends_at and start + length <= closes
        for opening, closes in zip(opened, _closing_times(opened), strict=True)
    )
    return within and taken.isdisjoint(cells_between(start, start + length + pause))


def _starts(opening: Opening, before: datetime) -> Iterator[datetime]:
    start = opening.starts_at
    while start < min(opening.ends_at, before):
        yield start
        start += STEP


def _closing_times(opened: Sequence[Opening]) -> list[datetime]:
    """When each ends together with those that follow without a pause, as at midnight."""
    closing = [opening.ends_at for opening in opened]
    for at, (one, following) in reversed(list(enumerate(pairwise(opened)))):
        if one.ends_at == following.starts_at:
            closing[at] = closing[at + 1]
    return closing
