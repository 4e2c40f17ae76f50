"""How much people take part in the rooms of this process: counted as it happens, told to those in the
room every few seconds, kept every half minute and at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from media.protocol.codec import Message
from server.classroom import attendance
from server.classroom.agenda import Agenda
from server.classroom.journal import Journal
from server.classroom.measures.models import Engagement
from server.classroom.measures.parts import Part, Parts, milliseconds
from server.classroom.models import Seat
from server.classroom.room import Member, Room
from server.infra import db

TELL_EVERY = timedelta(seconds=10)
KEEP_EVERY = timedelta(seconds=30)

COUNTS = ("hands", "reactions", "lines", "votes", "lost")
UPSERT = (
    "INSERT INTO engagement "
    "(session_id, seat_id, talk_ms, hands, reactions, lines, votes, lost, at) VALUES {values} "
    "ON CONFLICT (session_id, seat_id) DO UPDATE SET talk_ms = EXCLUDED.talk_ms, hands = EXCLUDED.hands, "
    "reactions = EXCLUDED.reactions, lines = EXCLUDED.lines, votes = EXCLUDED.votes, "
    "lost = EXCLUDED.lost, at = EXCLUDED.at"
)
ONE_ROW = "(?, ?, ?, ?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Kept:
    """A journal entry: everybody's part in a room, as of `at`. `then` is called once it is stored."""

    session_id: UUID
    rows: tuple[tuple[int, ...], ...]  # seat, talk in ms, and the counts
    at: datetime
    then: Callable[[], None] = field(default=lambda: None)

    async def write(self) -> None:
        cells = [cell for row in self.rows for cell in (self.session_id, *row, self.at)]
        await db.fetch(UPSERT.format(values=", ".join([ONE_ROW] * len(self.rows))), cells)

    def kept(self) -> None:
        self.then()

    def failed(self) -> None:
        self.then()


class Engagements:
    """The rooms' `Parts`. What a room had when it was last here is read from the database, unless it is
    on its way there still."""

    def __init__(
        self,
        rooms: Mapping[str, Room],
        agenda: Agenda,
        journal: Journal,
        clock: Callable[[], datetime],
    ) -> None:
        self._rooms = rooms
        self._agenda = agenda
        self._journal = journal
        self._clock = clock
        self._parts: dict[str, Parts] = {}

    def start(self) -> None:
        """Tell and keep from now on."""
        now = self._clock()
        self._agenda.put(("pulse",), now + TELL_EVERY, self._tell_all)
        self._agenda.put(("engagement",), now + KEEP_EVERY, self._keep_all)

    # --- rooms come and go

    async def load(self, session_id: UUID) -> None:
        """Before a room of this session is opened here."""
        if str(session_id) not in self._parts:
            self._parts[str(session_id)] = Parts(await _stored(session_id, self._clock()))

    def forget(self, room: Room) -> None:
        """The room is not here any more; its figures stay until they are stored."""
        now = self._clock()
        for part in self._of(room).all:
            part.go(now)
        self._keep(room.id, partial(self._drop, room.id))

    def keep(self) -> None:
        """Store what there is now."""
        for name in self._parts:
            self._keep(name)

    # --- what people do

    def came(self, room: Room, member: Member) -> None:
        self._of(room).of(member.id, member.seat_id).come(self._clock())

    def went(self, room: Room, member: Member) -> None:
        self._of(room).of(member.id, member.seat_id).go(self._clock())

    def did(self, room: Room, member: Member, message: Message) -> None:
        """A message of theirs was taken."""
        parts = self._of(room)
        parts.count(member.id, message)
        if member.hand_at is not None:
            parts.raise_hand(member.id, member.hand_at)

    def spoke(self, room: Room, participant: str, speaks: bool) -> None:
        """They began to speak, or ended."""
        self._of(room).speak(participant, speaks, self._clock())

    def fall_silent(self, room: Room) -> None:
        """Nothing is heard of the room for now."""
        self._of(room).fall_silent(self._clock())

    # --- telling and keeping

    async def _tell_all(self) -> None:
        now = self._clock()
        self._agenda.put(("pulse",), now + TELL_EVERY, self._tell_all)
        for room in tuple(self._rooms.values()):
            self.tell(room, now)

    def tell(self, room: Room, now: datetime) -> None:
        """Everybody what concerns them."""
        for member in tuple(room.members.values()):
            self._tell(room, member, now)

    def _tell(self, room: Room, member: Member, now: datetime) -> None:
        parts = self._of(room)
        if member.wire is not None:
            parts.of(member.id, member.seat_id)
            room.tell(member, parts.to_all(now) if member.leads else parts.to_one(member.id, now))

    async def _keep_all(self) -> None:
        self._agenda.put(("engagement",), self._clock() + KEEP_EVERY, self._keep_all)
        self.keep()

    def _keep(self, name: str, then: Callable[[], None] = lambda: None) -> None:
        now = self._clock()
        rows = tuple(_row(part, now) for part in self._parts[name].all)
        if rows:
            self._journal.add(Kept(UUID(name), rows, now, then))
        else:
            then()

    def _drop(self, name: str) -> None:
        if name not in self._rooms:
            self._parts.pop(name, None)

    def _of(self, room: Room) -> Parts:
        return self._parts.setdefault(room.id, Parts())


def _row(part: Part, now: datetime) -> tuple[int, ...]:
    talked = milliseconds(part.talked_by(now))
    return (part.seat_id, talked, *(getattr(part, name) for name in COUNTS))


async def _stored(session_id: UUID, now: datetime) -> dict[str, Part]:
    """Everybody's part as the database has it, by participant."""
    present = await attendance.time_present(session_id, now)
    rows = {row.seat_id: row for row in await Engagement.filter(session_id=session_id)}
    found = {}
    for seat in await Seat.filter(session_id=session_id):
        row, here = rows.get(seat.id), present.get(seat.user_id)
        if row is None and here is None:
            continue
        part = found[str(seat.public_id)] = Part(str(seat.public_id), seat.id)
        part.present = here or timedelta()
        if row is not None:
            part.talked = timedelta(milliseconds=row.talk_ms)
            for name in COUNTS:
                setattr(part, name, getattr(row, name))
    return found
