"""Lines of chat: kept with a number that counts up within the room, read back for those who join."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from media.protocol.messages import ChatLine
from server.classroom.models import ChatMessage
from server.classroom.room import CHAT_KEPT, Member
from server.edge.api import timestamp
from server.infra import db

STORED = ("public_id", "session_id", "seq", "seat_id", "to_seat_id", "text", "at")
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
        await self.store((self,))

    @staticmethod
    async def store(batch: Sequence[NewLine]) -> None:
        """Two statements for any number of lines, without a transaction: numbers whose line then can't be
        stored stay unused, since what counts is that they rise. A line tried again keeps its own."""
        await _number([line for line in batch if not line.seq])
        await _insert(batch)

    def stored(self) -> tuple[object, ...]:
        """The columns of `STORED`."""
        to = self.to.seat_id if self.to else None
        return (self.id, self.session_id, self.seq, self.sender.seat_id, to, self.text, self.at)

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


async def _number(batch: Sequence[NewLine]) -> None:
    """The next numbers of each line's room. Whoever else takes some at the same time gets others: the
    UPDATE locks the row."""
    counts = Counter(line.session_id for line in batch)
    newest: dict[UUID, int] = {}
    for count in set(counts.values()):
        newest |= await _take_numbers([room for room in counts if counts[room] == count], count)
    for line in reversed(batch):
        line.seq = newest[line.session_id]
        newest[line.session_id] -= 1


async def _take_numbers(rooms: Sequence[UUID], count: int) -> dict[UUID, int]:
    """Take `count` numbers of each of these rooms; gives the last ones."""
    taken = await db.fetch(
        f"UPDATE room SET chat_seq = chat_seq + ? WHERE session_id IN ({_marks(rooms)}) "
        "RETURNING session_id, chat_seq",
        [count, *rooms],
    )
    return {UUID(str(row["session_id"])): row["chat_seq"] for row in taken}


async def _insert(batch: Sequence[NewLine]) -> None:
    values = ", ".join([f"({_marks(STORED)})"] * len(batch))
    cells = [cell for line in batch for cell in line.stored()]
    sql = f"INSERT INTO chat_message ({', '.join(STORED)}) VALUES {values} "
    await db.execute(sql + "ON CONFLICT (public_id) DO NOTHING", cells)


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


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
