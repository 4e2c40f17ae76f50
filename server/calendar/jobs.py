"""What calendars do later: reminders at their times."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from server.calendar import reminders
from server.infra.outbox import job


@job("calendar.planned")
async def planned(payload: dict[str, Any]) -> None:
    """A session has a time, or another one."""
    await reminders.schedule(UUID(payload["session_id"]))


@job(reminders.JOB)
async def remind(payload: dict[str, Any]) -> None:
    starts_at = datetime.fromisoformat(payload["starts_at"])
    await reminders.remind(UUID(payload["session_id"]), payload["kind"], starts_at)
