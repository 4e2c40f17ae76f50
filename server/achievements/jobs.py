"""What follows the end of a lesson: certificates, then badges."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from server.achievements import service
from server.infra.outbox import job


@job("achievements.issue")
async def issue(payload: dict[str, Any]) -> None:
    """The lesson is over, and everybody's presence with it."""
    await service.issue(UUID(payload["session_id"]))


@job("achievements.award")
async def award(payload: dict[str, Any]) -> None:
    """Something that may have earned a badge."""
    await service.award(payload["user_id"])
