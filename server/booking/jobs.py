"""What happens to sessions by themselves, at their times."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from server.booking import service
from server.infra.outbox import job


@job("booking.session_over")
async def session_over(payload: dict[str, Any]) -> None:
    """15 minutes after the planned end: live becomes ended, never started becomes missed."""
    await service.close_overdue(UUID(payload["session_id"]))
