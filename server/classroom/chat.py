"""Lines of chat: kept with a number that counts up within the room, read back for those who join."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from tortoise.expressions import F

from media.protocol.messages import ChatLine
from server.classroom.models import ChatMessage, RoomState
from server.classroom.room import CHAT_KEPT, Member
from server.edge.api import timestamp

COLUMNS = ("public_id", "seq", "text", "at", "seat__public_id", "seat__name", "to_seat__public_id")


@dataclass(slots=True, eq=False)
class NewLine:
    """A line on its way into the journal; `say` gets it with its number once it is stored."""

    session_id: UUID
    sender: Member
    to: Member | None
    text: str
    at: datetime
    say: Callable[[ChatLine], None]
    refuse: Callable[[], None]
    id: UUID = field(default_factory=uuid4)
    seq: int = 0

    async def write(self) -> None:
        self.seq = await _next_seq(self.session_id)
        await ChatMessage.create(
            public_id=self.id,
            session_id=self.session_id,
            seq=self.seq,
            seat_id=self.sender.seat_id,
            to_seat_id=self.to.seat_id if self.to else None,
            text=self.text,
            at=self.at,
        )

    def kept(self) -> None:
        self.say(
            ChatLine(
                id=str(self.id),
                seq=self.seq,
                sender=self.sender.id,
                name=self.sender.name,
                text=self.text,
                at=timestamp(self.at),
                to=self.to.id if self.to else None,
            )
        )

    def failed(self) -> None:
        self.refuse()


async def _next_seq(session_id: UUID) -> int:
    """The UPDATE locks the row, so that no two lines get one number."""
    await RoomState.filter(session_id=session_id).update(chat_seq=F("chat_seq") + 1)
    seq: int = (await RoomState.get(session_id=session_id)).chat_seq
    return seq


async def recent_lines(session_id: UUID) -> list[ChatLine]:
    """The newest lines of a room, private ones too, oldest first."""
    newest = ChatMessage.filter(session_id=session_id).order_by("-seq").limit(CHAT_KEPT)
    rows = await newest.values(*COLUMNS)
    return [_line(row) for row in reversed(rows)]


def _line(row: dict[str, Any]) -> ChatLine:
    to = row["to_seat__public_id"]
    return ChatLine(
        id=str(row["public_id"]),
        seq=row["seq"],
        sender=str(row["seat__public_id"]),
        name=row["seat__name"],
        text=row["text"],
        at=timestamp(row["at"]),
        to=str(to) if to else None,
    )
