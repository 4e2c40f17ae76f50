"""New accounts by day, for the chart on the overview."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

SHOWN_DAYS = 14


@dataclass(frozen=True, slots=True)
class JoinedOn:
    """One day: `Monday 23 November`, 23, and how many accounts were made on it."""

    words: str
    number: int
    count: int


def joined_days(now: datetime, zone: ZoneInfo, joined: Iterable[datetime]) -> list[JoinedOn]:
    """The last days up to today, as the wall calendar of `zone` has them."""
    today = now.astimezone(zone).date()
    counted = Counter(instant.astimezone(zone).date() for instant in joined)
    dates = [today - timedelta(days=back) for back in reversed(range(SHOWN_DAYS))]
    return [JoinedOn(f"{date:%A} {date.day} {date:%B}", date.day, counted[date]) for date in dates]
