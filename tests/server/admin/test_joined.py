"""New accounts by day: as the wall calendar of who looks has them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from server.admin.joined import SHOWN_DAYS, joined_days

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def test_accounts_count_on_their_local_day_and_today_is_the_last() -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    days = joined_days(NOW, ZoneInfo("Europe/Berlin"), [NOW, late, NOW - timedelta(days=40)])
    assert len(days) == SHOWN_DAYS
    assert (days[-1].words, days[-1].count) == ("Monday 23 November", 2)
    assert sum(day.count for day in days) == 2
