"""Days in somebody's zone as instants, and a period of them in parts. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator

YEARS = range(2000, 2200)  # what a zone can be applied to without running out of calendar
Step = Literal["day", "week", "month"]
MOST_DAYS, MOST_WEEKS = 31, 26  # of a period that is shown by days, and by weeks


def _sane(day: date | None) -> date | None:
    if day is not None and day.year not in YEARS:
        raise ValueError("Write a day such as 2030-05-14.")
    return day


Day = Annotated[date | None, AfterValidator(_sane), BeforeValidator(lambda value: value or None)]


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins there."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def since(day: date | None, zone: ZoneInfo) -> datetime | None:
    return midnight(day, zone) if day else None


def until(day: date | None, zone: ZoneInfo) -> datetime | None:
    """The end of a day, which is not in it any more."""
    return midnight(day + timedelta(days=1), zone) if day else None


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to a day, both included, in a zone."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def since(self) -> datetime:
        return midnight(self.first, self.zone)

    @property
    def until(self) -> datetime:
        return midnight(self.last + timedelta(days=1), self.zone)

    @property
    def before(self) -> Period:
        """As many days, just before."""
        last = self.first - timedelta(days=1)
        return Period(last - timedelta(days=self.days - 1), last, self.zone)

    @property
    def step(self) -> Step:
        if self.days <= MOST_DAYS:
            return "day"
        return "week" if self.days <= 7 * MOST_WEEKS else "month"

    def parts(self) -> list[tuple[date, date]]:
        """The first and the last day of each part. Weeks begin on Mondays, months on the first; those
        at the ends may be cut."""
        found, day = [], self.first
        while day <= self.last:
            last = min(self._part_end(day), self.last)
            found.append((day, last))
            day = last + timedelta(days=1)
        return found

    def _part_end(self, day: date) -> date:
        if self.step == "day":
            return day
        if self.step == "week":
            return day + timedelta(days=6 - day.weekday())
        return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
