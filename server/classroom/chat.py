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

COLUMNS = ("public_id", "seq", "text", "at", "seat__public_id", "seat__name", "to_seat__public_id")

INSERT = (
    "INSERT INTO chat_message (public_id, session_id, seq, seat_id, to_seat_id, text, at) "
    "VALUES {values} ON CONFLICT (public_id) DO NOTHING RETURNING public_id, seq"
)
ONE_LINE = (
    "(?, ?, (SELECT COALESCE(MAX(seq), 0) FROM chat_message WHERE session_id = ?) + {later}, ?, ?, ?, ?)"
)


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
        """One statement for any number of lines, which get their numbers by it. A line that is tried
        again and was stored the first time keeps the number it got then.

        Raises IntegrityError where another process stored a line of the same room at the same moment."""
        numbers = await _insert(batch)
        missing = [line.id for line in batch if line.id not in numbers]
        numbers |= await _stored_before(missing) if missing else {}
        for line in batch:
            line.seq = numbers[line.id]

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


async def _insert(batch: Sequence[NewLine]) -> dict[UUID, int]:
    """The numbers of those that were not stored yet. What the statement itself stores is not seen by its
    search for the newest line: hence `later`."""
    later: Counter[UUID] = Counter()
    values, cells = [], []
    for line in batch:
        later[line.session_id] += 1
        values.append(ONE_LINE.format(later=later[line.session_id]))
        to = line.to.seat_id if line.to else None
        room = line.session_id
        cells += [line.id, room, room, line.sender.seat_id, to, line.text, line.at]
    rows = await db.fetch(INSERT.format(values=", ".join(values)), cells)
    return {UUID(str(row["public_id"])): row["seq"] for row in rows}


async def _stored_before(ids: Sequence[UUID]) -> dict[UUID, int]:
    return dict(await ChatMessage.filter(public_id__in=ids).values_list("public_id", "seq"))


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
