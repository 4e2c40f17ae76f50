"""The feed of a person, for them to take along, and how it goes."""

from __future__ import annotations

from typing import Any

from server.calendar.models import CalendarFeed
from server.infra.personal import Rows, erased, exported

ROWS = (Rows(CalendarFeed, "user_id", "calendar_feeds", secret=("public_id", "tag")),)


async def export(user_id: int) -> dict[str, Any]:
    return await exported(ROWS, user_id)


async def erase(user_id: int) -> None:
    await erased(ROWS, user_id)
