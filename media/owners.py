"""Which server speaks for each seat, and which seats nobody speaks for any more. PURE."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from typing import Generic, TypeVar

Seat = tuple[str, str]  # room, participant
L = TypeVar("L", bound=Hashable)  # a link to a server

CLAIM_S = 60.0  # so long a seat waits for a server: a dead home is replaced in seconds


class Owners(Generic[L]):
    """Times are seconds of one clock."""

    def __init__(self) -> None:
        self._links: dict[Seat, L] = {}
        self._orphans: dict[Seat, float] = {}  # and since when

    def take(self, seat: Seat, link: L) -> None:
        self._links[seat] = link
        self._orphans.pop(seat, None)

    def of(self, seat: Seat) -> L | None:
        return self._links.get(seat)

    def drop(self, seat: Seat) -> None:
        """The seat is given up."""
        self._links.pop(seat, None)
        self._orphans.pop(seat, None)

    def drop_room(self, room: str) -> None:
        for seat in self.seats(room):
            self.drop(seat)

    def seats(self, room: str) -> list[Seat]:
        return [seat for seat in (*self._links, *self._orphans) if seat[0] == room]

    def strangers(self, room: str, known: Collection[str]) -> list[Seat]:
        """Seats in the room of others than those."""
        return [seat for seat in self.seats(room) if seat[1] not in known]

    def lose(self, link: L, now: float, room: str | None = None) -> None:
        """The link is down, or has let go of `room`: its seats wait for another."""
        for seat in [seat for seat, owner in self._links.items() if owner == link]:
            if room in (None, seat[0]):
                del self._links[seat]
                self._orphans[seat] = now

    def unclaimed(self, now: float) -> list[Seat]:
        """Seats that have waited for too long."""
        return [seat for seat, since in self._orphans.items() if now - since >= CLAIM_S]
