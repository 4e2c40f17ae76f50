"""The next fourteen days of somebody, for the small calendar of an overview."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

DAYS = 14


@dataclass(frozen=True, slots=True)
class Day:
    """One day: `Mo`, 24, `Monday 24 November`, and how many lessons begin on it."""

    weekday: str
    number: int
    words: str
    lessons: int


def fortnight(now: datetime, zone: ZoneInfo, starts: Iterable[datetime]) -> list[Day]:
    """Today and the thirteen days after it, as the wall calendar of `zone` has them."""
    today = now.astimezone(zone).date()
    lessons = Counter(start.astimezone(zone).date() for start in starts)
    dates = [today + timedelta(days=ahead) for ahead in range(DAYS)]
    return [
        Day(f"{date:%a}"[:2], date.day, f"{date:%A} {date.day} {date:%B}", lessons[date])
        for date in dates
    ]
