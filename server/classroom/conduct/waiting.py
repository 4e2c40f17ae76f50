"""Those who wait to be let into a room: in the memory of its home, and asked again by their browsers when
the room moves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, UUID, uuid5

from media.protocol.conduct import Person
from server.classroom.entry import Entry
from server.edge.wire import Wire

if TYPE_CHECKING:
    from server.classroom.room import Member, Room

DENIED_FOR = timedelta(minutes=1)  # so soon after a no nobody is asked again


def waiter_id(session_id: UUID, user_id: int) -> str:
    """The same for one person however often they knock, at whichever process."""
    return uuid5(NAMESPACE_URL, f"knock:{session_id}:{user_id}").hex


@dataclass(slots=True, eq=False)
class Waiter:
    """Somebody at the door. `seated` once they were let in."""

    id: str
    name: str
    entry: Entry
    wire: Wire
    room: Room
    seated: Member | None = None

    @property
    def user_id(self) -> int:
        return self.entry.viewer.user_id


class WaitingLine:
    """In the order in which they came. Somebody who comes twice waits at their first place."""

    def __init__(self) -> None:
        self._waiters: dict[str, Waiter] = {}
        self._denied: dict[int, datetime] = {}

    def __bool__(self) -> bool:
        return bool(self._waiters)

    def __iter__(self) -> Iterator[Waiter]:
        return iter(tuple(self._waiters.values()))

    def get(self, waiter_id: str) -> Waiter | None:
        return self._waiters.get(waiter_id)

    def put(self, waiter: Waiter) -> Waiter | None:
        """Gives the one of the same person who waited before."""
        before = self._waiters.get(waiter.id)
        self._waiters[waiter.id] = waiter
        return before

    def leave(self, waiter: Waiter) -> bool:
        """Whether they waited until now."""
        if self._waiters.get(waiter.id) is not waiter:
            return False
        del self._waiters[waiter.id]
        return True

    def deny(self, waiter: Waiter, now: datetime) -> None:
        self.leave(waiter)
        self._denied[waiter.user_id] = now

    def denies(self, user_id: int, now: datetime) -> bool:
        at = self._denied.get(user_id)
        return at is not None and now - at < DENIED_FOR

    def shown(self) -> list[Person]:
        return [Person(id=one.id, name=one.name) for one in self]
