"""Telling those who look after the platform that a lesson is not recorded as it should be."""

from __future__ import annotations

from uuid import UUID

from server.accounts.roles import people_with
from server.booking import service as booking
from server.edge.permissions import Permission
from server.infra.db import transactional
from server.notifications.service import notify

PAGE = "/dashboard/admin/control"
WHY = {
    "disk_full": "its disk is full",
    "write_failed": "its disk refused to be written",
    "queue": "its disk is too slow",
}


@transactional
async def recording_interrupted(session_id: UUID, reason: str, node_url: str) -> None:
    """Once for each lesson and reason."""
    session = (await booking.cards_by_id([session_id]))[session_id]
    about = {"title": session.title, "why": WHY.get(reason, reason), "node": node_url}
    key = f"{session_id}:{reason}"
    for user_id in await people_with(Permission.MEDIA_CONTROL):
        await notify(user_id, "recording_interrupted", about, path=PAGE, dedupe_key=key)
