"""Which rooms this process has, said every half minute, so that a crash leaves nobody present for hours.

Whoever comes back to a room after a crash was there all the time. Whoever does not went when the room was
last seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from server.classroom.agenda import Agenda
from server.classroom.attendance import end_all
from server.classroom.journal import Journal
from server.classroom.models import AttendanceInterval, RoomState
from server.classroom.room import Room

EVERY = timedelta(seconds=30)


class Roll:
    """Calls the roll of the rooms, and looks who is missing in one that came up again."""

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

    async def call(self) -> None:
        """Note the rooms now, and again after a while."""
        self.note()
        self._agenda.put(("roll",), self._clock() + EVERY, self.call)

    def note(self) -> None:
        if self._rooms:
            sessions = tuple(room.lesson.session_id for room in self._rooms.values())
            self._journal.add(Seen(sessions, self._clock()))

    def came_up(self, session_id: UUID, seen_at: datetime | None, grace: timedelta) -> None:
        """A room begins here: its people have the grace to come back to it."""
        now = self._clock()
        missing = partial(self._note_missing, session_id, seen_at or now)
        self._agenda.put(("missing", str(session_id)), now + grace, missing)

    async def _note_missing(self, session_id: UUID, seen_at: datetime) -> None:
        room = self._rooms.get(str(session_id))
        back = frozenset(member.user_id for member in room.members.values()) if room else frozenset()
        self._journal.add(Missing(session_id, back, seen_at))


@dataclass(frozen=True, slots=True)
class Seen:
    """A journal entry: these rooms are at a process that runs."""

    session_ids: tuple[UUID, ...]
    at: datetime

    async def write(self) -> None:
        await RoomState.filter(session_id__in=self.session_ids).update(seen_at=self.at)

    def kept(self) -> None: ...

    def failed(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Missing:
    """A journal entry: everybody but those who are back went when the room was last seen."""

    session_id: UUID
    back: frozenset[int]
    seen_at: datetime

    async def write(self) -> None:
        still_open = AttendanceInterval.filter(session_id=self.session_id, ended_at__isnull=True)
        await end_all(still_open.exclude(user_id__in=self.back), self.seen_at)

    def kept(self) -> None: ...

    def failed(self) -> None: ...
