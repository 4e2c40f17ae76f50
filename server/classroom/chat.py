"""Lines of chat: kept with a number that counts up within the room, read back for those who join."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from media.protocol.messages import ChatFile as Handed
from media.protocol.messages import ChatLine
from server.classroom.conduct.models import ChatFile
from server.classroom.lines import CHAT_KEPT
from server.classroom.models import ChatMessage
from server.classroom.room import Member
from server.edge.api import timestamp
from server.infra import db
from server.infra.db import transactional

COLUMNS = (
    "id",
    "public_id",
    "seq",
    "text",
    "at",
    "reply_to",
    "removed_at",
    "seat__public_id",
    "seat__name",
    "to_seat__public_id",
)

INSERT = (
    "INSERT INTO chat_message (public_id, session_id, seq, seat_id, to_seat_id, text, at, reply_to) "
    "VALUES {values} ON CONFLICT (public_id) DO NOTHING RETURNING public_id, seq"
)
ONE_LINE = (
    "(?, ?, (SELECT COALESCE(MAX(seq), 0) FROM chat_message WHERE session_id = ?) + {later}, "
    "?, ?, ?, ?, ?)"
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
    reply_to: str | None = None
    files: list[Handed] = field(default_factory=list)
    id: UUID = field(default_factory=uuid4)
    seq: int = 0

    async def write(self) -> None:
        await self.store((self,))

    @staticmethod
    async def store(batch: Sequence[NewLine]) -> None:
        """One statement for any number of lines, which get their numbers by it; one more for each that
        hands files round. A line that is tried again and was stored the first time keeps its number.

        Raises IntegrityError where another process stored a line of the same room at the same moment."""
        numbers = await _insert(batch)
        missing = [line.id for line in batch if line.id not in numbers]
        numbers |= await _stored_before(missing) if missing else {}
        for line in batch:
            line.seq = numbers[line.id]
            if line.files:
                await _hand_round(line)

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
                reply_to=self.reply_to,
                files=self.files,
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
        reply_to = UUID(line.reply_to) if line.reply_to else None
        cells += [line.id, room, room, line.sender.seat_id, to, line.text, line.at, reply_to]
    rows = await db.fetch(INSERT.format(values=", ".join(values)), cells)
    return {UUID(str(row["public_id"])): row["seq"] for row in rows}


async def _hand_round(line: NewLine) -> None:
    """Its files go with the line from now on; whoever reads it may have them."""
    row = await ChatMessage.get(public_id=line.id)
    unsent = ChatFile.filter(public_id__in=[one.id for one in line.files], message_id__isnull=True)
    await unsent.update(message_id=row.id)


async def _stored_before(ids: Sequence[UUID]) -> dict[UUID, int]:
    return dict(await ChatMessage.filter(public_id__in=ids).values_list("public_id", "seq"))


async def recent_lines(session_id: UUID) -> list[ChatLine]:
    """The newest lines of a room, private ones too, oldest first."""
    newest = ChatMessage.filter(session_id=session_id).order_by("-seq").limit(CHAT_KEPT)
    return (await _lines(await newest.values(*COLUMNS)))[::-1]


async def find_line(session_id: UUID, line_id: str) -> ChatLine | None:
    """One line of a room, however old."""
    try:
        wanted = ChatMessage.filter(session_id=session_id, public_id=UUID(line_id))
    except ValueError:
        return None
    found = await _lines(await wanted.values(*COLUMNS))
    return found[0] if found else None


@transactional
async def remove_line(line_id: str, at: datetime) -> bool:
    """Nobody reads it any more; the row keeps what it said. False where it was removed before."""
    line = ChatMessage.filter(public_id=UUID(line_id), removed_at__isnull=True)
    return bool(await line.update(removed_at=at))


async def _lines(rows: Sequence[dict[str, Any]]) -> list[ChatLine]:
    files: defaultdict[int, list[Handed]] = defaultdict(list)
    for row in await ChatFile.filter(message_id__in=[row["id"] for row in rows]).order_by("id"):
        assert row.message_id is not None
        files[row.message_id].append(handed(row))
    return [_line(row, files[row["id"]]) for row in rows]


def handed(row: ChatFile) -> Handed:
    """A file as those see it who may have it."""
    return Handed(
        id=str(row.public_id),
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        url=f"/api/v1/sessions/{row.session_id}/room/files/{row.public_id}",
    )


def _line(row: dict[str, Any], files: list[Handed]) -> ChatLine:
    to, reply_to, removed = row["to_seat__public_id"], row["reply_to"], row["removed_at"] is not None
    return ChatLine(
        id=str(row["public_id"]),
        seq=row["seq"],
        sender=str(row["seat__public_id"]),
        name=row["seat__name"],
        text="" if removed else row["text"],
        at=timestamp(row["at"]),
        to=str(to) if to else None,
        reply_to=str(reply_to) if reply_to else None,
        files=[] if removed else files,
        removed=removed,
    )
