"""What a recorded lesson is watched with: its chat as one person may read it, and when they were away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from media.protocol.messages import ChatFile as Handed
from server.classroom.attendance import union
from server.classroom.chat import handed
from server.classroom.conduct.models import ChatFile
from server.classroom.models import AttendanceInterval, ChatMessage
from server.classroom.shares import Span

MOST_LINES = 2000  # of one lesson; the newest are those left out
A_MOMENT = timedelta(seconds=5)  # who is back so soon missed nothing
SAID = ("id", "public_id", "text", "at", "reply_to", "seat__user_id", "seat__name")
HEARD = ("to_seat__user_id", "to_seat__name")


@dataclass(frozen=True, slots=True)
class SaidLine:
    """A line of chat. `to` is whom a private one was for, empty where everybody reads it; `own`: the
    reader said it. `answers` is the beginning of the line that it answers, with who said that."""

    at: datetime
    name: str
    own: bool
    to: str
    text: str
    answers: tuple[str, str] | None
    files: tuple[Handed, ...]


async def chat_read_by(session_id: UUID, user_id: int) -> list[SaidLine]:
    """In order; without private lines of others, and without what was removed. Two queries."""
    for_them = Q(to_seat_id__isnull=True) | Q(seat__user_id=user_id) | Q(to_seat__user_id=user_id)
    lines = ChatMessage.filter(for_them, session_id=session_id, removed_at__isnull=True)
    rows = await lines.order_by("seq").limit(MOST_LINES).values(*SAID, *HEARD)
    files = await ChatFile.filter(message_id__in=[row["id"] for row in rows]).order_by("id")
    by_id = {row["public_id"]: row for row in rows}
    return [_line(row, by_id.get(row["reply_to"]), files, user_id) for row in rows]


def _line(
    row: dict[str, Any], answered: dict[str, Any] | None, files: Sequence[ChatFile], reader: int
) -> SaidLine:
    return SaidLine(
        at=row["at"],
        name=row["seat__name"],
        own=row["seat__user_id"] == reader,
        to="you" if row["to_seat__user_id"] == reader else row["to_seat__name"] or "",
        text=row["text"],
        answers=(answered["seat__name"], answered["text"]) if answered else None,
        files=tuple(handed(one) for one in files if one.message_id == row["id"]),
    )


async def absences(session_id: UUID, user_id: int, within: Span) -> list[Span]:
    """When somebody who came was not in the room, measured; a moment's absence is none, and who never
    came missed nothing in particular. One query."""
    begin, end = within
    there = await AttendanceInterval.filter(session_id=session_id, user_id=user_id)
    spans = union((one.started_at, one.ended_at or max(end, one.started_at)) for one in there)
    return gaps(spans, within) if spans and begin < end else []


def gaps(spans: Sequence[Span], within: Span) -> list[Span]:
    """What of `within` none of the spans covers, which are in order and apart. PURE."""
    begin, end = within
    edges = [(begin, begin), *spans, (end, end)]
    between = ((max(begin, left[1]), min(end, right[0])) for left, right in pairwise(edges))
    return [(start, until) for start, until in between if until - start >= A_MOMENT]
