"""Free times as days of a learner's: what the page of hours shows of them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.booking.hours.openings import Slot
from server.people.hour_rules import clock_text

DAY = timedelta(days=1)
END_OF_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class FreeTime:
    """Minutes from midnight on the learner's clock, from and to."""

    start: int
    end: int

    @property
    def words(self) -> str:
        return f"{clock_text(self.start)}–{clock_text(self.end)}"


@dataclass(frozen=True, slots=True)
class FreeDay:
    """One date of the learner's."""

    date: date
    times: tuple[FreeTime, ...]


def free_days(slots: Sequence[Slot], zone_name: str, first: date, days: int) -> list[FreeDay]:
    """So many dates from the first on, those without free times too."""
    where = ZoneInfo(zone_name)
    times: dict[date, list[FreeTime]] = {}
    for start, end in _together(slots):
        for day, free in _by_day(start, end, where):
            times.setdefault(day, []).append(free)
    dates = (first + later * DAY for later in range(days))
    return [FreeDay(day, tuple(times.get(day, ()))) for day in dates]


def _together(slots: Sequence[Slot]) -> list[tuple[datetime, datetime]]:
    """Slots that touch or overlap, as one."""
    found: list[tuple[datetime, datetime]] = []
    for slot in slots:
        start = slot.starts_at
        if found and start <= found[-1][1]:
            start = found.pop()[0]
        found.append((start, slot.ends_at))
    return found


def _by_day(start: datetime, end: datetime, where: ZoneInfo) -> Iterator[tuple[date, FreeTime]]:
    """Cut at the midnights of the zone."""
    while start < end:
        day = start.astimezone(where).date()
        midnight = datetime.combine(day + DAY, time(), where).astimezone(UTC)
        closes = END_OF_DAY if end >= midnight else _minute(end, where)
        yield day, FreeTime(_minute(start, where), closes)
        start = midnight


def _minute(instant: datetime, where: ZoneInfo) -> int:
    local = instant.astimezone(where)
    return 60 * local.hour + local.minute
