"""Dates that recur at one wall time: nine o'clock stays nine o'clock when the clocks change. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from server.booking.clock_changes import instants_of, next_shown

WEEK = timedelta(weeks=1)
MOST_DATES = 52  # of one series
WALL = "%Y-%m-%dT%H:%M"  # how a wall time is written


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One date, counted from 0. `local_start` is what the clocks show at `starts_at` (UTC).

    `skipped` is the wall time that was meant where the clocks skip it that night, so that the lesson
    begins later; `twice`: they show it twice, and the first is meant unless the mentor chose."""

    position: int
    starts_at: datetime
    local_start: str
    skipped: str = ""
    twice: bool = False


def occurrences(
    first: datetime, zone_name: str, *, every_weeks: int = 1, count: int = 1
) -> list[Occurrence]:
    """So many dates, the first at this instant."""
    where = ZoneInfo(zone_name)
    wall = first.astimezone(where).replace(tzinfo=None, fold=0)
    beginning = Occurrence(0, first, wall.strftime(WALL), twice=len(instants_of(wall, where)) > 1)
    later = (
        _occurrence(position, wall + position * every_weeks * WEEK, where) for position in range(1, count)
    )
    return [beginning, *later]


def _occurrence(position: int, meant: datetime, where: ZoneInfo) -> Occurrence:
    shown = next_shown(meant, where)
    instants = instants_of(shown, where)
    skipped = "" if shown == meant else meant.strftime(WALL)
    return Occurrence(position, instants[0], shown.strftime(WALL), skipped, len(instants) > 1)


def next_week_ahead(local_start: str, zone_name: str, now: datetime) -> str:
    """The same weekday and time of the clocks again, in the first week in which it is still to come."""
    where, wall = ZoneInfo(zone_name), datetime.strptime(local_start, WALL)
    present = now.astimezone(where).replace(tzinfo=None, fold=0)
    weeks = max(1, (present - wall) // WEEK + 1)
    return next_shown(wall + weeks * WEEK, where).strftime(WALL)
