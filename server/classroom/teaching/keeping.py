"""Changes at a desk on their way through the room's journal: stored, then said.

The desk in memory is ahead of the database by what waits in the journal. Where something can't be stored
its author is told, and the desk is read anew, so that everybody sees what is kept. A process that is no
more the room's home stores nothing: the next one has read the rows already.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from media.protocol.messages import Error
from server.classroom.journal import Journal
from server.classroom.models import RoomState
from server.classroom.room import Member, Room
from server.classroom.teaching import saying
from server.classroom.teaching.desk import Desk
from server.classroom.teaching.loading import load_desk
from server.infra.db import transactional

Save = Callable[[], Awaitable[object]]


@dataclass(slots=True, eq=False)
class Change:
    """Something that `member` did; `save` may be called again and then changes nothing more."""

    journal: Journal
    room: Room
    member: Member
    re: str
    save: Save
    say: Callable[[], None]
    desk: Desk = field(init=False)
    outdated: bool = False

    def __post_init__(self) -> None:
        self.desk = self.room.desk

    async def write(self) -> None:
        await self.store((self,))

    @staticmethod
    async def store(batch: Sequence[Change]) -> None:
        await _store(batch)

    def kept(self) -> None:
        if self.outdated:
            return
        self.say()
        if self.room.desk is not self.desk:  # it was read anew before this was stored
            self._read_anew()

    def failed(self) -> None:
        lost = Error(code="not_stored", message="This could not be kept. Try again.", re=self.re)
        self.room.tell(self.member, lost)
        self._read_anew()

    def _read_anew(self) -> None:
        self.journal.add(Reading(self.room))


@transactional
async def _store(batch: Sequence[Change]) -> None:
    """The rows of the rooms are locked: a new home waits for us, or we hear of it."""
    ids = {change.room.lesson.session_id for change in batch}
    rows = await RoomState.filter(session_id__in=ids).order_by("session_id").select_for_update()
    homes: dict[UUID, int] = {row.session_id: row.home for row in rows}
    for change in batch:
        room = change.room
        change.outdated = homes.get(room.lesson.session_id, room.home) > room.home
        if not change.outdated:
            await change.save()


@dataclass(slots=True, eq=False)
class Reading:
    """Read a desk anew and say all of it."""

    room: Room
    found: Desk | None = None

    async def write(self) -> None:
        self.found = await load_desk(self.room.lesson.session_id)

    def kept(self) -> None:
        if self.found is not None:
            self.found.paces = self.room.desk.paces
            self.room.desk = self.found
            for member in tuple(self.room.members.values()):
                saying.greet(self.room, member)

    def failed(self) -> None: ...


def keeper(journal: Journal, room: Room, member: Member, re: str) -> Callable[..., None]:
    """`keep(save, say)` for one message of `member`."""
    return partial(_keep, journal, room, member, re)


def _keep(
    journal: Journal, room: Room, member: Member, re: str, save: Save, say: Callable[[], None]
) -> None:
    journal.add(Change(journal, room, member, re, save, say))
