"""New accounts by day: as the wall calendar of who looks has them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from config.settings import Settings
from server.accounts.models import User
from server.accounts.service import joined_since
from server.admin.joined import SHOWN_DAYS, joined_days
from tests.databases import BOTH
from tests.factories import person
from tests.server.queries import counted

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def test_accounts_count_on_their_local_day_and_today_is_the_last() -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    days = joined_days(NOW, ZoneInfo("Europe/Berlin"), {NOW: 1, late: 1, NOW - timedelta(days=40): 1})
    assert len(days) == SHOWN_DAYS
    assert (days[-1].words, days[-1].count) == ("Monday 23 November", 2)
    assert sum(day.count for day in days) == 2


@BOTH
async def test_accounts_are_counted_by_one_query_however_many(
    database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("anna", "boris", "cemal"):
        await person(name)
    quarter = NOW.replace(minute=45)
    await User.filter(username="anna").update(created_at=quarter)
    await User.filter(username="boris").update(created_at=quarter + timedelta(minutes=14, seconds=59))
    await User.filter(username="cemal").update(created_at=quarter - timedelta(days=2))
    with counted(monkeypatch) as statements:
        assert await joined_since(quarter - timedelta(days=1)) == {quarter: 2}
    assert len(statements) == 1
