"""The step that asks when: one instant or several, read from what was typed. Pure."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from server.booking.clock_changes import instants_of, next_shown
from server.booking.drafting.steps import Data
from server.booking.formtext import number
from server.booking.recurrence import MOST_DATES, WALL, Occurrence, occurrences
from server.booking.times import read_start, zone_names
from server.infra.errors import Invalid

EVERY_WEEKS = (
    ("", "Once"),
    ("1", "Every week"),
    ("2", "Every 2 weeks"),
    ("3", "Every 3 weeks"),
    ("4", "Every 4 weeks"),
)


def start_of(data: Data) -> datetime:
    """The first instant. Raises Invalid(starts_at)."""
    zone_name, wall = str(data.get("timezone", "")), str(data.get("starts_at", ""))
    chosen = str(data.get("which", ""))
    meant = chosen if chosen in [each.isoformat() for each in both_of(data)] else wall
    return read_start(meant, zone_name)


def both_of(data: Data) -> list[datetime]:
    """The two instants, as the zone's clocks show them, where they show the time twice; else nothing."""
    wall = _wall(data)
    if wall is None:
        return []
    where = ZoneInfo(str(data["timezone"]))
    found = instants_of(wall, where)
    return [each.astimezone(where) for each in found] if len(found) > 1 else []


def next_valid(data: Data) -> str:
    """The wall time to take instead, where the clocks skip the one that was typed; else empty."""
    wall = _wall(data)
    if wall is None:
        return ""
    where = ZoneInfo(str(data["timezone"]))
    return "" if instants_of(wall, where) else next_shown(wall, where).strftime(WALL)


def _wall(data: Data) -> datetime | None:
    if data.get("timezone") not in zone_names():
        return None
    try:
        read = datetime.fromisoformat(str(data.get("starts_at", "")))
        read.replace(tzinfo=ZoneInfo("UTC")).timestamp()
    except (ValueError, OverflowError):
        return None
    return None if read.tzinfo or not 1970 < read.year < 9999 else read


def recurs(data: Data) -> tuple[int, int]:
    """Every how many weeks, and how often; once is (1, 1). Raises Invalid(every_weeks, count)."""
    every, count = str(data.get("every_weeks", "")), number(data.get("count", ""))
    if not every:
        return 1, 1
    if every not in dict(EVERY_WEEKS):
        raise Invalid(fields={"every_weeks": "Choose how often."})
    if not isinstance(count, int) or not 2 <= count <= MOST_DATES:
        raise Invalid(fields={"count": f"Write a number from 2 to {MOST_DATES}."})
    return int(every), count


def dates_of(data: Data) -> list[Occurrence]:
    """Every date, those that are left out too. Raises Invalid."""
    every, count = recurs(data)
    return occurrences(start_of(data), str(data["timezone"]), every_weeks=every, count=count)


def taken_dates(data: Data) -> list[Occurrence]:
    """Without those that the mentor leaves out. Raises Invalid."""
    left_out = set(data.get("leave_out", ()))
    found = [date for date in dates_of(data) if date.local_start not in left_out]
    if not found:
        raise Invalid(fields={"leave_out": "Leave at least one date in."})
    return found
