"""Telling people that somebody wrote: in the centre at once, by mail only if it stays unread.

Of several messages that nobody has read yet the first is told by every way, those after it in the centre
alone. Reading takes back what waits."""

from __future__ import annotations

from uuid import UUID

from server.infra import db
from server.infra.db import transactional
from server.infra.outbox import enqueue
from server.messages.circles import path_of_session, path_with
from server.messages.models import Conversation, ConversationMember, Message
from server.notifications.centre import mark_read
from server.notifications.service import notify, withdraw
from server.people.privacy import blocked_by_or_of, name_among_members

WAITING_FOR = """
SELECT place.user_id FROM conversation_member AS place
WHERE place.conversation_id = ? AND EXISTS (
    SELECT 1 FROM message WHERE message.conversation_id = place.conversation_id
        AND message.seq > place.read_seq AND message.seq < ? AND message.removed_at IS NULL
        AND message.sender_id <> place.user_id
)
"""


def cause_of(conversation_id: int, user_id: int) -> str:
    """What waits for somebody because of a conversation."""
    return f"conversation:{conversation_id}:{user_id}"


def group_of(conversation: Conversation) -> str:
    return f"conversation:{conversation.public_id}"


async def will_tell(message: Message) -> None:
    """Tell the others after the commit: a session may have many people."""
    await enqueue("messages.written", {"message": str(message.public_id)})


@transactional
async def tell_of(message_id: UUID) -> None:
    """Tell everybody who has not read, muted, left or blocked."""
    message = await Message.get_or_none(public_id=message_id, removed_at__isnull=True)
    if message is None:
        return
    conversation = await Conversation.get(id=message.conversation_id).prefetch_related("session")
    path = await _path(conversation, message)
    title = conversation.session.title if conversation.session else ""
    about = {"who": await name_among_members(message.sender_id), "title": title}
    waiting = await _still_waiting(message)
    for user_id in await _to_be_told(message):
        await notify(
            user_id,
            "message_more" if user_id in waiting else "message",
            about,
            path=path,
            dedupe_key=str(message.public_id),
            actor_id=message.sender_id,
            group_key=group_of(conversation),
            cause=cause_of(conversation.id, user_id),
        )


async def _path(conversation: Conversation, message: Message) -> str:
    if conversation.session_id is not None:
        return path_of_session(conversation.session_id)
    await message.fetch_related("sender")
    return path_with(message.sender.username)


async def _to_be_told(message: Message) -> list[int]:
    hidden = await blocked_by_or_of(message.sender_id)
    places = ConversationMember.filter(
        conversation_id=message.conversation_id,
        read_seq__lt=message.seq,
        muted=False,
        left_at__isnull=True,
    ).exclude(user_id__in=[message.sender_id, *hidden])
    return [row.user_id for row in await places.order_by("id").only("id", "user_id")]


async def _still_waiting(message: Message) -> set[int]:
    """Who had something unread here before."""
    rows = await db.fetch(WAITING_FOR, [message.conversation_id, message.seq])
    return {int(row["user_id"]) for row in rows}


async def stop_telling(user_id: int, conversation: Conversation) -> None:
    """They have read it: here, so in the centre too."""
    await withdraw(cause_of(conversation.id, user_id))
    await mark_read(user_id, group_key=group_of(conversation))
