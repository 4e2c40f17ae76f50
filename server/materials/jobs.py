"""What happens to materials after a commit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from server.infra.errors import DomainError
from server.infra.outbox import Hopeless, Lane, job, periodic
from server.materials import changing, telling


@job("materials.tell")
async def tell(payload: dict[str, Any]) -> None:
    """New files have come, or the lesson has ended."""
    await telling.tell(UUID(payload["session_id"]))


@job("materials.copy")
async def copy(payload: dict[str, Any]) -> None:
    """A session was made after another one."""
    try:
        await changing.copy(UUID(payload["from_session"]), UUID(payload["to_session"]))
    except DomainError as gone:
        raise Hopeless(str(gone)) from gone


@job("materials.forget_files", lane=Lane.LONG)
async def forget_files(payload: dict[str, Any]) -> None:
    await changing.forget_files([str(key) for key in payload["keys"]])


@periodic("materials.drop_orphans", every=timedelta(hours=1))
async def drop_orphans(payload: dict[str, object]) -> None:
    await changing.drop_orphans()
