"""What happened in rooms on its way into the database, by the journal: many rows in one statement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from server.classroom.conduct.models import RoomEvent
from server.classroom.journal import Journal


@dataclass(frozen=True, slots=True, eq=False)
class NewEvent:
    """A journal entry; `said` is called with it once it is stored."""

    session_id: UUID
    seat_id: int
    kind: str
    detail: dict[str, Any]
    at: datetime
    said: Callable[[NewEvent], None] | None = None
    id: UUID = field(default_factory=uuid4)

    async def write(self) -> None:
        await self.store((self,))

    @staticmethod
    async def store(batch: Sequence[NewEvent]) -> None:
        """What is tried again and was stored the first time is not stored twice."""
        rows = [
            RoomEvent(
                public_id=one.id,
                session_id=one.session_id,
                seat_id=one.seat_id,
                kind=one.kind,
                detail=one.detail,
                at=one.at,
            )
            for one in batch
        ]
        await RoomEvent.bulk_create(rows, ignore_conflicts=True)

    def kept(self) -> None:
        if self.said is not None:
            self.said(self)

    def failed(self) -> None: ...


class EventLog:
    """Takes what happens in the rooms of this process."""

    def __init__(self, journal: Journal, clock: Callable[[], datetime]) -> None:
        self._journal = journal
        self._clock = clock

    def now(self) -> datetime:
        return self._clock()

    def add(self, event: NewEvent) -> None:
        self._journal.add(event)
