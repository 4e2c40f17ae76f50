"""New accounts by day, for the chart on the overview."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

SHOWN_DAYS = 14


@dataclass(frozen=True, slots=True)
class JoinedOn:
    """One day: `Monday 23 November`, 23, and how many accounts were made on it."""

    words: str
    number: int
    count: int


def joined_days(now: datetime, zone: ZoneInfo, joined: Mapping[datetime, int]) -> list[JoinedOn]:
    """The last days up to today, as the wall calendar of `zone` has them; `joined` counts by instant."""
    today = now.astimezone(zone).date()
    counted: Counter[date] = Counter()
    for instant, count in joined.items():
        counted[instant.astimezone(zone).date()] += count
    days = [today - timedelta(days=back) for back in reversed(range(SHOWN_DAYS))]
    return [JoinedOn(f"{day:%A} {day.day} {day:%B}", day.day, counted[day]) for day in days]
