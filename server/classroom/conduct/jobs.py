"""What becomes of people's places and files later, and by the word of other features."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from server.classroom import running
from server.classroom.conduct import files, rights
from server.infra.outbox import Lane, job, periodic


@job("classroom.seat_lost")
async def seat_lost(payload: dict[str, Any]) -> None:
    """A booking was cancelled, or its money given back: whoever sits in the room by it leaves."""
    session_id, user_id, news = UUID(payload["session_id"]), payload["user_id"], running.news()
    why = await rights.objection(session_id, user_id)
    if why is not None and news is not None:
        await news.seat_lost(session_id, user_id, why)


@job("classroom.forget_files", lane=Lane.LONG)
async def forget_files(payload: dict[str, Any]) -> None:
    for key in payload["keys"]:
        await files.storage().delete(str(key))


@periodic("classroom.drop_unsent_files", every=timedelta(hours=1))
async def drop_unsent(payload: dict[str, object]) -> None:
    """Files that were uploaded and never handed round."""
    await files.drop_unsent()
