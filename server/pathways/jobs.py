"""What follows a lesson that was attended, and a pathway that was changed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from server.infra.outbox import job
from server.pathways import progress


@job("pathways.advance")
async def advance(payload: dict[str, Any]) -> None:
    """Somebody has a new certificate."""
    await progress.advance(payload["user_id"])


@job("pathways.advance_all")
async def advance_all(payload: dict[str, Any]) -> None:
    """The steps of a pathway are others."""
    await progress.advance_all(UUID(payload["pathway_id"]))
