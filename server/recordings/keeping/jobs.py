"""What becomes of recordings with time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from server.infra.outbox import job, periodic
from server.recordings.keeping import retention


@periodic("recordings.sweep", every=timedelta(minutes=10))
async def sweep(payload: dict[str, Any]) -> None:
    await retention.sweep()


@job(retention.NOTICE)
async def notice(payload: dict[str, Any]) -> None:
    """A week before."""
    expires_at = datetime.fromisoformat(payload["expires_at"])
    await retention.give_notice(UUID(payload["recording_id"]), expires_at)
