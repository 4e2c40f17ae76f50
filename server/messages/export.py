"""What a person wrote to others, for them to take along. Conversations stay whole for the others."""

from __future__ import annotations

from typing import Any

from server.infra import clock
from server.infra.outbox import enqueue
from server.infra.personal import KeptFile, Rows, erased, exported
from server.messages.models import ConversationMember, Message, MessageFile, Report

OTHERS = "it is half of a conversation with others"
RULES = "it says why somebody was warned, or was not"

ROWS = (
    Rows(ConversationMember, "user_id", "conversations", stay=OTHERS),
    Rows(Message, "sender_id", "messages", stay=OTHERS),
    Rows(MessageFile, "uploader_id", "files_sent", secret=("storage_key",), stay=OTHERS),
    Rows(Report, "reporter_id", "reports", secret=("decided_by_id",), stay=RULES),
    Rows(Report, "reported_id", why="who reported somebody is protected", stay=RULES),
    Rows(Report, "decided_by_id", why="they are about others", stay=RULES),
)


async def export(user_id: int) -> dict[str, Any]:
    return await exported(ROWS, user_id)


async def files(user_id: int) -> list[KeptFile]:
    rows = await MessageFile.filter(uploader_id=user_id).order_by("id")
    return [KeptFile(f"messages/{row.public_id}", row.storage_key) for row in rows]


async def erase(user_id: int) -> None:
    """Files that were never sent go; the others are part of a conversation."""
    unsent = MessageFile.filter(uploader_id=user_id, message_id=None)
    for key in await unsent.values_list("storage_key", flat=True):
        await enqueue("people.forget_file", {"key": key})
    await unsent.delete()
    await ConversationMember.filter(user_id=user_id, left_at=None).update(left_at=clock.now())
    await erased(ROWS, user_id)
