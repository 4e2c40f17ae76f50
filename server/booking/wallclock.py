"""Hours and weekdays as the clocks of a zone show them, for the database to filter by.

The databases don't know the same zones, so that they are told: for each stretch of time in which a zone
keeps its offset, how many seconds it is ahead of UTC. Between them lie the changes of daylight saving."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

from tortoise.expressions import Q, RawSQL

from server.booking.times import FURTHEST
from server.infra.db import dialect

Part = Literal["morning", "afternoon", "evening"]
Days = Literal["weekdays", "weekends"]

# Minutes of the day at which a session begins; together they are the whole day.
PARTS: dict[Part, tuple[int, int]] = {
    "morning": (0, 12 * 60),
    "afternoon": (12 * 60, 17 * 60),
    "evening": (17 * 60, 24 * 60),
}
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
SATURDAY = 5  # Monday is 0

EPOCH_SECONDS = {
    "sqlite": 'CAST(STRFTIME(\'%s\', "session"."{}") AS INTEGER)',
    "postgres": 'CAST(EXTRACT(EPOCH FROM "session"."{}") AS BIGINT)',
}


def in_part(part: Part) -> Q:
    first, end = PARTS[part]
    return Q(wall_minute__gte=first, wall_minute__lt=end)


def in_days(days: Days) -> Q:
    return Q(wall_weekday__gte=SATURDAY) if days == "weekends" else Q(wall_weekday__lt=SATURDAY)


def lasting(longer_than: int | None, longest: int | None) -> Q:
    wanted: dict[str, Any] = {"lasts__gt": longer_than, "lasts__lte": longest}
    return Q(**{column: value for column, value in wanted.items() if value is not None})


def wall_columns(zone_name: str, now: datetime) -> dict[str, RawSQL]:
    """What `in_part`, `in_days` and `lasting` look at, for sessions that begin from `now` on."""
    starts, ends = (EPOCH_SECONDS[dialect()].format(column) for column in ("starts_at", "ends_at"))
    shown = f"({starts} + {_offset(starts, zone_name, now)})"
    return {
        "wall_minute": RawSQL(f"({shown} % 86400) / 60"),
        "wall_weekday": RawSQL(f"({shown} / 86400 + 3) % 7"),  # 1 January 1970 was a Thursday
        "lasts": RawSQL(f"({ends} - {starts}) / 60"),
    }


def _offset(instant: str, zone_name: str, now: datetime) -> str:
    """Seconds ahead of UTC at an instant (SQL for seconds since 1970), as SQL."""
    *changes, (_, last) = offsets(zone_name, now.date().toordinal())
    if not changes:
        return str(last)
    cases = " ".join(f"WHEN {instant} < {until} THEN {offset}" for until, offset in changes)
    return f"CASE {cases} ELSE {last} END"


@lru_cache(maxsize=512)
def offsets(zone_name: str, day: int) -> tuple[tuple[int, int], ...]:
    """The stretches of one offset from that day on (its ordinal), as far as sessions are planned: until
    which second since 1970 (the last one's means nothing), and seconds ahead of UTC."""
    zone = ZoneInfo(zone_name)
    begin = datetime.fromordinal(day).replace(tzinfo=UTC) - DAY
    return tuple(_stretches(zone, begin, begin + FURTHEST + 3 * DAY))


def _stretches(zone: ZoneInfo, begin: datetime, end: datetime) -> Iterable[tuple[int, int]]:
    ahead = _ahead(zone, begin)
    while begin < end:
        after = begin + DAY
        if _ahead(zone, after) != ahead:
            after = _change(zone, begin, after)
            yield int(after.timestamp()), ahead
            ahead = _ahead(zone, after)
        begin = after
    yield int(end.timestamp()), ahead


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first minute between two instants at which the offset is another one."""
    old = _ahead(zone, before)
    while after - before > MINUTE:
        middle = before + (after - before) // MINUTE // 2 * MINUTE
        before, after = (middle, after) if _ahead(zone, middle) == old else (before, middle)
    return after


def _ahead(zone: ZoneInfo, instant: datetime) -> int:
    ahead = instant.astimezone(zone).utcoffset()
    assert ahead is not None
    return int(ahead.total_seconds())
