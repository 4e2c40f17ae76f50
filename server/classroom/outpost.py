"""Sockets that end here while their room is in another server process: what they say is passed on to
the room's home, and what the home says is written to them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import uuid4

import structlog
from aiohttp import WSCloseCode

from server.classroom.entry import Entry
from server.classroom.parcel import Parcel, pack, topic_of
from server.edge.wire import Wire
from server.infra.bus import Bus

ASK_S = 1.0  # without an answer for so long it is looked up who the home is

Still = Callable[[], Awaitable[bool]]

log = structlog.get_logger()


@dataclass(eq=False, slots=True)
class _Leg:
    """One socket, and the process that its room is at."""

    home: str
    wire: Wire
    answered: asyncio.Event = field(default_factory=asyncio.Event)


async def _answered(leg: _Leg) -> bool:
    """Whether the home answers within a while."""
    with suppress(TimeoutError):
        async with asyncio.timeout(ASK_S):
            await leg.answered.wait()
    return leg.answered.is_set()


class PlaceElsewhere:
    """A place in a room of another process."""

    def __init__(self, outpost: Outpost, leg: str) -> None:
        self._outpost = outpost
        self._leg = leg

    async def settle(self) -> None:
        """The home does it."""

    async def take(self, text: str) -> None:
        self._outpost.tell("said", self._leg, text.encode())

    def leave(self, *, clean: bool) -> None:
        self._outpost.tell("left", self._leg, clean=clean)
        self._outpost.forget(self._leg)


class Outpost:
    """The legs of this process."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._legs: dict[str, _Leg] = {}

    @property
    def homes(self) -> frozenset[str]:
        """The processes that our sockets depend on."""
        return frozenset(leg.home for leg in self._legs.values())

    async def enter(self, entry: Entry, wire: Wire, home: str, still: Still) -> PlaceElsewhere | None:
        """Ask the home to seat somebody; None when it is the home no more. It is asked once, however long
        it takes: a busy one gets no more to do.

        A refusal comes as any other closing, by way of the socket."""
        name, leg = uuid4().hex, _Leg(home, wire)
        self._legs[name] = leg
        session, person = str(entry.access.session.id), entry.viewer
        user, login = person.user_id, person.login_id
        self.tell("enter", name, session=session, user=user, login=login, resume=entry.resume)
        try:
            while not await _answered(leg):
                if not await still():
                    PlaceElsewhere(self, name).leave(clean=False)
                    return None
        except BaseException:
            PlaceElsewhere(self, name).leave(clean=False)
            raise
        return PlaceElsewhere(self, name)

    def tell(self, kind: str, name: str, body: bytes = b"", **fields: object) -> None:
        leg = self._legs.get(name)
        if leg is not None:
            self._bus.publish(topic_of(leg.home), pack(Parcel(kind, (name,), body, fields)))

    def forget(self, name: str) -> None:
        self._legs.pop(name, None)

    # --- what homes say

    def take(self, home: str, parcel: Parcel) -> None:
        for name in parcel.legs:
            leg = self._legs.get(name)
            if leg is not None and leg.home == home:
                leg.answered.set()
                self._act(leg, parcel)

    def _act(self, leg: _Leg, parcel: Parcel) -> None:
        if parcel.kind == "frame":
            leg.wire.send(parcel.body)
        else:
            leg.wire.close(int(parcel.fields["code"]))

    def cut(self, homes: frozenset[str], code: int = WSCloseCode.SERVICE_RESTART) -> None:
        """These homes are gone, or what they said is: browsers come back with their resume tokens."""
        for leg in tuple(self._legs.values()):
            if leg.home in homes:
                leg.wire.close(code)
