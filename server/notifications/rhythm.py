"""Quiet hours and digests as wall time in somebody's zone. Pure: the present instant is an argument."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.notifications.values import Pace

DAY = timedelta(days=1)
DIGEST_WEEKDAY = 0  # weekly ones come on Monday


def zone_of(name: str) -> ZoneInfo:
    """UTC for a name that means nothing."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def is_quiet(at: datetime, zone: ZoneInfo, pace: Pace) -> bool:
    """Whether the wall clock shows a quiet hour; they may go over midnight."""
    if pace.quiet is None:
        return False
    begin, end = pace.quiet
    local = at.astimezone(zone)
    minute = local.hour * 60 + local.minute
    if begin <= end:
        return begin <= minute < end
    return minute >= begin or minute < end


def after_quiet(at: datetime, zone: ZoneInfo, pace: Pace) -> datetime:
    """`at` itself, or the first instant after it at which the quiet hours have ended."""
    while is_quiet(at, zone, pace):
        assert pace.quiet is not None
        at = _next_wall(at, zone, pace.quiet[1])
    return at


def next_digest(now: datetime, zone: ZoneInfo, pace: Pace) -> datetime:
    """When what may wait is mailed: at once, or at the chosen minute of the next day for it; never in
    quiet hours."""
    if pace.digest == "at_once":
        return after_quiet(now, zone, pace)
    weekly = pace.digest == "weekly"
    return after_quiet(_next_wall(now, zone, pace.digest_minute, weekly=weekly), zone, pace)


def _next_wall(now: datetime, zone: ZoneInfo, minute: int, *, weekly: bool = False) -> datetime:
    """The first instant after `now` at which the wall clock shows `minute`; one that a change to summer
    time leaves out is taken as by the clock of before."""
    today = now.astimezone(zone).date()
    days = (today + DAY * count for count in range(-1, 9))
    chosen = (day for day in days if not weekly or day.weekday() == DIGEST_WEEKDAY)
    return min(instant for day in chosen for instant in _instants(day, zone, minute) if instant > now)


def _instants(day: date, zone: ZoneInfo, minute: int) -> Iterator[datetime]:
    """Two where the clock shows it twice, because it is put back in between."""
    wall = datetime.combine(day, time(minute // 60, minute % 60), zone)
    first, second = wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC)
    yield first
    if second > first:
        yield second
