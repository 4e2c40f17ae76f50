"""The list of somebody's conversations, and searching in them: a fixed number of queries each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from server.booking.together import sessions_of
from server.infra import db
from server.messages.circles import key_of_two, path_of_session, path_with
from server.messages.models import ConversationMember, Message
from server.messages.reading import COLUMNS, lines_of
from server.messages.values import ConversationRow, Found, Line, Writer
from server.people.privacy import blocked_by_or_of, columns, shown

MOST_FOUND = 40
SHORTEST = 2  # letters that are worth a search

NEWEST = """
SELECT message.conversation_id, MAX(message.seq) AS newest, SUM(
    CASE WHEN message.seq > place.read_seq AND message.removed_at IS NULL AND message.sender_id <> ?
    THEN 1 ELSE 0 END
) AS unread
FROM message JOIN conversation_member AS place
    ON place.conversation_id = message.conversation_id AND place.user_id = ?
WHERE message.conversation_id IN ({conversations}) AND message.sender_id NOT IN ({hidden})
GROUP BY message.conversation_id
"""


async def conversations(user_id: int, offset: int, limit: int) -> tuple[list[ConversationRow], int]:
    """A page of somebody's conversations, the latest first, and how many there are."""
    hidden = await blocked_by_or_of(user_id)
    places = _places(user_id, hidden)
    ordered = places.order_by("-conversation__last_at", "-conversation_id")
    found = (
        await ordered.offset(offset)
        .limit(limit)
        .values(
            "muted",
            "conversation_id",
            "conversation__public_id",
            "conversation__session_id",
            "conversation__session__title",
        )
    )
    return await _rows(user_id, found, hidden), await places.count()


def _places(user_id: int, hidden: Iterable[int]) -> QuerySet[ConversationMember]:
    """Where something was written, that was not put away, with people who are there for this one."""
    blocked = [key_of_two(user_id, other) for other in hidden]
    of_two = Q(conversation__session_id__isnull=True)
    return ConversationMember.filter(
        of_two | sessions_of(user_id, "conversation__session"),
        user_id=user_id,
        left_at__isnull=True,
        conversation__last_seq__gt=0,
    ).exclude(conversation__key__in=blocked)


async def _rows(
    user_id: int, found: Sequence[dict[str, Any]], hidden: Iterable[int]
) -> list[ConversationRow]:
    ids = [row["conversation_id"] for row in found]
    partners = await _partners(user_id, ids)
    newest = await _newest(user_id, ids, hidden)
    lasts = await _lasts(user_id, newest)
    return [
        _row(row, partners.get(row["conversation_id"]), lasts.get(row["conversation_id"]), newest)
        for row in found
    ]


def _row(
    row: dict[str, Any],
    partner: Writer | None,
    last: Line | None,
    newest: dict[int, tuple[int, int]],
) -> ConversationRow:
    session_id = row["conversation__session_id"]
    if session_id is not None:
        path, title = path_of_session(session_id), row["conversation__session__title"]
    else:
        assert partner is not None
        path, title = path_with(partner.username), partner.name
    return ConversationRow(
        id=row["conversation__public_id"],
        path=path,
        title=title,
        partner=partner,
        session_id=session_id,
        last=last,
        unread=newest.get(row["conversation_id"], (0, 0))[1],
        muted=row["muted"],
    )


async def _partners(user_id: int, ids: Sequence[int]) -> dict[int, Writer]:
    """The other one of each conversation of two."""
    others = ConversationMember.filter(
        conversation_id__in=list(ids), conversation__session_id__isnull=True
    ).exclude(user_id=user_id)
    found = {}
    for row in await others.values("conversation_id", *columns("user__")):
        face = shown(row, user_id, "user__")
        found[row["conversation_id"]] = Writer(row["user__username"], face.name, face.picture_url or "")
    return found


async def _newest(user_id: int, ids: Sequence[int], hidden: Iterable[int]) -> dict[int, tuple[int, int]]:
    """The number of the newest message that is shown, and how many are unread."""
    if not ids:
        return {}
    away = list(hidden) or [0]  # nobody
    query = NEWEST.format(conversations=_marks(ids), hidden=_marks(away))
    rows = await db.fetch(query, [user_id, user_id, *ids, *away])
    return {row["conversation_id"]: (int(row["newest"]), int(row["unread"])) for row in rows}


def _marks(values: Sequence[int]) -> str:
    return ", ".join("?" * len(values))


async def _lasts(user_id: int, newest: dict[int, tuple[int, int]]) -> dict[int, Line]:
    if not newest:
        return {}
    pairs = (Q(conversation_id=each, seq=seq) for each, (seq, _) in newest.items())
    rows = await Message.filter(Q(*pairs, join_type="OR")).values(
        *COLUMNS, "conversation_id", *columns("sender__")
    )
    lines = await lines_of(user_id, rows)
    return {row["conversation_id"]: line for row, line in zip(rows, lines, strict=True)}


# --- searching


async def search(user_id: int, words: str) -> list[Found]:
    """The latest messages with these words, in conversations that this person can read."""
    wanted = words.strip()
    if len(wanted) < SHORTEST:
        return []
    hidden = await blocked_by_or_of(user_id)
    places = await _places(user_id, hidden).only("id", "conversation_id")
    ids = [row.conversation_id for row in places]
    rows = (
        await Message.filter(
            conversation_id__in=ids,
            removed_at__isnull=True,
            sender_id__not_in=list(hidden),
            text__icontains=wanted,
        )
        .order_by("-id")
        .limit(MOST_FOUND)
        .values(
            *COLUMNS,
            "conversation_id",
            "conversation__session_id",
            "conversation__session__title",
            *columns("sender__"),
        )
    )
    partners = await _partners(user_id, [row["conversation_id"] for row in rows])
    lines = await lines_of(user_id, rows)
    return [
        _found(row, line, partners.get(row["conversation_id"]))
        for row, line in zip(rows, lines, strict=True)
    ]


def _found(row: dict[str, Any], line: Line, partner: Writer | None) -> Found:
    if partner is None:
        path, title = (
            path_of_session(row["conversation__session_id"]),
            row["conversation__session__title"],
        )
    else:
        path, title = path_with(partner.username), partner.name
    return Found(line, title, f"{path}?at={line.seq}#message-{line.seq}")
