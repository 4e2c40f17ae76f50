"""Which server process a room is in, and the way there.

A room has one home, the process that holds its lease; whoever comes in elsewhere is relayed. When a home
dies its rooms come up at the next process that somebody enters by, as the database remembers them.
"""

from __future__ import annotations

import asyncio
from functools import partial
from uuid import UUID

import structlog
from aiohttp import WSCloseCode

from server.classroom.conduct.waiting import Waiter
from server.classroom.entry import Entry, Refused
from server.classroom.hub import Hub
from server.classroom.outpost import Outpost
from server.classroom.parcel import topic_of, unpack
from server.classroom.places import Place, PlaceHere, PlaceInLine
from server.classroom.visitors import Visitors
from server.edge.wire import Wire
from server.infra.leases import Unreachable
from server.infra.processes import Processes

ENTER_S = 8.0  # a dead home is known as such after three seconds
LOOK_S = 0.1
WATCH_S = 0.5  # how often it is looked whether those we depend on are alive
FOR_HOMES = frozenset({"enter", "said", "left"})

log = structlog.get_logger()


class House:
    """This process's part in the rooms of all of them."""

    def __init__(self, hub: Hub, processes: Processes) -> None:
        self._hub = hub
        self._processes = processes
        self._outpost = Outpost(processes.bus)
        self._visitors = Visitors(processes.bus, self._enter_here)
        self._lapsed = asyncio.Event()
        self._tasks: tuple[asyncio.Task[None], ...] = ()

    async def start(self) -> None:
        await self._processes.bus.subscribe(topic_of(self._processes.name), self._take, self._cut_all)
        self._processes.leases.on_lapse(self._lapsed.set)
        self._tasks = (
            asyncio.create_task(self._watch(), name="other processes"),
            asyncio.create_task(self._claim_again(), name="lapsed leases"),
        )

    async def close_sockets(self, code: int) -> None:
        """The process ends: browsers go to another one with their resume tokens, and find it free."""
        self._outpost.cut(self._outpost.homes, code)
        self._hub.close_sockets(code)
        await self._processes.leases.resign()

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._visitors.stop()

    # --- coming in

    async def enter(self, entry: Entry, wire: Wire) -> Place:
        """Seat somebody, wherever the room is. Raises Refused."""
        try:
            async with asyncio.timeout(ENTER_S):
                while True:
                    place = await self._try_to_enter(entry, wire)
                    if place is not None:
                        return place
                    await asyncio.sleep(LOOK_S)
        except TimeoutError as error:
            raise Refused(WSCloseCode.TRY_AGAIN_LATER) from error

    async def _try_to_enter(self, entry: Entry, wire: Wire) -> Place | None:
        try:
            home = await self._processes.leases.claim(str(entry.access.session.id))
        except Unreachable:
            return None
        if home == self._processes.name:
            return await self._seat(entry, wire)
        still = partial(self._is_home, home, entry.access.session.id)
        return await self._outpost.enter(entry, wire, home, still)

    async def _is_home(self, home: str, session_id: UUID) -> bool:
        """Whether the room is there still, as far as anybody can tell."""
        try:
            return await self._processes.leases.claim(str(session_id)) == home
        except Unreachable:
            return True

    async def _enter_here(self, entry: Entry, wire: Wire) -> Place:
        """Seat a visitor, if the room is still ours. Raises Refused."""
        try:
            home = await self._processes.leases.claim(str(entry.access.session.id))
        except Unreachable as error:
            raise Refused(WSCloseCode.SERVICE_RESTART) from error
        if home != self._processes.name:
            raise Refused(WSCloseCode.SERVICE_RESTART)
        return await self._seat(entry, wire)

    async def _seat(self, entry: Entry, wire: Wire) -> Place:
        came = await self._hub.enter(entry, wire)
        if isinstance(came, Waiter):
            return PlaceInLine(self._hub, came)
        return PlaceHere(self._hub, *came, wire)

    # --- the other processes

    def _take(self, sender: str, payload: bytes) -> None:
        parcel = unpack(payload)
        (self._visitors if parcel.kind in FOR_HOMES else self._outpost).take(sender, parcel)

    def _cut_all(self) -> None:
        """Something that was said between us and others is lost: all of it begins anew."""
        self._cut(self._outpost.homes | self._visitors.outposts)

    def _cut(self, processes: frozenset[str]) -> None:
        self._outpost.cut(processes)
        self._visitors.cut(processes)

    async def _watch(self) -> None:
        """Let go of processes that died."""
        while True:
            known = self._outpost.homes | self._visitors.outposts
            try:
                gone = known - await self._processes.leases.living(known)
            except Unreachable:
                gone = frozenset()
            if gone:
                log.warning("server processes are gone", processes=sorted(gone))
                self._cut(gone)
            await asyncio.sleep(WATCH_S)

    async def _claim_again(self) -> None:
        """After we counted as dead: keep the rooms that nobody took, and let go of the others."""
        while True:
            await self._lapsed.wait()
            self._lapsed.clear()
            for room in tuple(self._hub.rooms.values()):
                try:
                    home = await self._processes.leases.claim(room.id, again=True)
                except Unreachable:
                    self._lapsed.set()
                    break
                if home != self._processes.name:
                    self._hub.let_go(room, WSCloseCode.SERVICE_RESTART)
            await asyncio.sleep(LOOK_S)
