"""What a wall time means in a zone whose clocks change: one instant, two, or none. Pure.

Wall times are naive datetimes; instants are aware, in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

STEP = timedelta(minutes=5)  # clocks change on these marks


def instants_of(wall: datetime, where: ZoneInfo) -> tuple[datetime, ...]:
    """When the clocks of the zone show this time, in order: never, once or twice."""
    readings = {wall.replace(tzinfo=where, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return tuple(sorted(each for each in readings if _shown(each, where) == wall))


def next_shown(wall: datetime, where: ZoneInfo) -> datetime:
    """The first time of the clocks, from this one on, that exists."""
    if instants_of(wall, where):
        return wall
    instant = wall.replace(tzinfo=where, fold=1).astimezone(UTC)  # before the clocks change
    while _shown(instant, where) < wall:
        instant += STEP
    return _shown(instant, where)


def _shown(instant: datetime, where: ZoneInfo) -> datetime:
    return instant.astimezone(where).replace(tzinfo=None)
