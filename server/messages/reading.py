"""Reading a conversation: its lines as the viewer may see them, and how far everybody has read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tortoise.queryset import QuerySet

from server.edge.access import Viewer
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import NotFound
from server.messages import live
from server.messages.circles import key_of_session, of_session, with_person
from server.messages.files import attached, file_row
from server.messages.models import Conversation, ConversationMember, Message, MessageFile
from server.messages.notices import stop_telling
from server.messages.values import Circle, Line, Place, Writer
from server.people.privacy import blocked_by_or_of, columns, shown

PAGE_LINES = 50
COLUMNS = ("id", "public_id", "seq", "text", "created_at", "removed_at", "sender_id")


async def lines(
    viewer: Viewer,
    circle: Circle,
    *,
    after: int | None = None,
    before: int | None = None,
    offset: int = 0,
    limit: int = PAGE_LINES,
) -> list[Line]:
    """Messages in their order: the first ones after a number, or the last ones before one (or of all).

    Those of people blocked either way are left out."""
    if circle.conversation_id is None:
        return []
    rows = _visible(circle)
    if after is not None:
        rows = rows.filter(seq__gt=after)
    if before is not None:
        rows = rows.filter(seq__lt=before)
    ordered = rows.order_by("seq" if after is not None else "-seq").offset(offset).limit(limit)
    found = await lines_of(viewer.user_id, await ordered.values(*COLUMNS, *columns("sender__")))
    return sorted(found, key=lambda line: line.seq)


async def count_lines(circle: Circle) -> int:
    if circle.conversation_id is None:
        return 0
    return await _visible(circle).count()


def _visible(circle: Circle) -> QuerySet[Message]:
    hidden = list(circle.hidden)
    return Message.filter(conversation_id=circle.conversation_id, sender_id__not_in=hidden)


async def lines_of(viewer_id: int, rows: list[dict[str, Any]]) -> list[Line]:
    """Rows of `COLUMNS` and the sender's as lines, with their files: one query."""
    files = await attached(row["id"] for row in rows) if rows else {}
    return [_line(viewer_id, row, files.get(row["id"], [])) for row in rows]


def _line(viewer_id: int, row: dict[str, Any], files: list[Any]) -> Line:
    face = shown(row, viewer_id, "sender__")
    return Line(
        id=row["public_id"],
        seq=row["seq"],
        sender=Writer(row["sender__username"], face.name, face.picture_url or ""),
        mine=row["sender_id"] == viewer_id,
        text=row["text"],
        files=tuple(files),
        sent_at=row["created_at"],
        removed=row["removed_at"] is not None,
    )


async def line_before(viewer: Viewer, circle: Circle, seq: int) -> Line | None:
    """The last line up to a number: what stands above those that come after it."""
    found = await lines(viewer, circle, before=seq + 1, limit=1)
    return found[0] if found else None


# --- how far


async def place_in(viewer: Viewer, circle: Circle) -> Place:
    """The viewer's own place, and how far the other one of two has read."""
    if circle.conversation_id is None:
        return Place()
    ids = [viewer.user_id, *([circle.partner_id] if circle.partner_id else [])]
    rows = {
        row.user_id: row
        for row in await ConversationMember.filter(
            conversation_id=circle.conversation_id, user_id__in=ids
        )
    }
    own, other = rows.get(viewer.user_id), rows.get(circle.partner_id or 0)
    return Place(
        read_seq=own.read_seq if own else 0,
        muted=bool(own and own.muted),
        left=bool(own and own.left_at),
        partner_read_seq=other.read_seq if other else 0,
        partner_read_at=other.read_at if other else None,
    )


@transactional
async def read_up_to(viewer: Viewer, circle: Circle, seq: int) -> int:
    """The viewer has seen everything up to this number; gives how far they have read now. Nobody reads
    backwards, or further than there is."""
    if circle.conversation_id is None:
        return 0
    conversation = await Conversation.get(id=circle.conversation_id)
    upto, now = min(seq, int(conversation.last_seq)), clock.now()
    await join(conversation.id, [viewer.user_id])
    mine = ConversationMember.filter(conversation_id=conversation.id, user_id=viewer.user_id)
    if await mine.filter(read_seq__lt=upto).update(read_seq=upto, read_at=now):
        await stop_telling(viewer.user_id, conversation)
        heard = [viewer.user_id, *([circle.partner_id] if circle.partner_id else [])]
        live.tell_read(heard, circle, viewer.user_id, viewer.username, upto, now)
        return upto
    return int((await mine.get()).read_seq)


async def join(conversation_id: int, user_ids: list[int]) -> None:
    """Make sure that these people have a place; in the caller's transaction."""
    rows = [ConversationMember(conversation_id=conversation_id, user_id=each) for each in user_ids]
    await ConversationMember.bulk_create(rows, ignore_conflicts=True)


# --- one message, or one file, by its id


async def message_for(viewer: Viewer, message_id: UUID) -> tuple[Message, Circle]:
    """A message that this viewer can see, with its circle. Raises NotFound."""
    message = await Message.get_or_none(public_id=message_id).prefetch_related("conversation")
    if message is None or message.sender_id in await blocked_by_or_of(viewer.user_id):
        raise NotFound
    return message, await circle_of(viewer, message.conversation)


async def circle_of(viewer: Viewer, conversation: Conversation) -> Circle:
    """A conversation as one of its people sees it. Raises NotFound for everybody else."""
    if conversation.session_id is not None:
        assert conversation.key == key_of_session(conversation.session_id)
        return await of_session(viewer, conversation.session_id)
    others = ConversationMember.filter(conversation_id=conversation.id).prefetch_related("user")
    people = {row.user_id: row.user for row in await others}
    if viewer.user_id not in people:
        raise NotFound
    other = next(user for user_id, user in people.items() if user_id != viewer.user_id)
    return await with_person(viewer, other.username)


async def readable_file(viewer: Viewer, file_id: UUID) -> MessageFile:
    """A file that this viewer may have. Raises NotFound."""
    row = await file_row(viewer, file_id)
    if row.message is not None:
        circle = await circle_of(viewer, row.message.conversation)
        if row.message.sender_id in circle.hidden:
            raise NotFound
    return row
