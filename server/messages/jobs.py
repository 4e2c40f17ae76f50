"""What happens to messages after a commit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from server.infra.outbox import Lane, job, periodic
from server.messages import files, notices


@job("messages.written")
async def written(payload: dict[str, Any]) -> None:
    """Tells those who have not read it."""
    await notices.tell_of(UUID(payload["message"]))


@job("messages.forget_files", lane=Lane.LONG)
async def forget_files(payload: dict[str, Any]) -> None:
    for key in payload["keys"]:
        await files.storage().delete(str(key))


@periodic("messages.drop_unsent", every=timedelta(hours=1))
async def drop_unsent(payload: dict[str, object]) -> None:
    """Files that were uploaded and never sent."""
    await files.drop_unsent()
