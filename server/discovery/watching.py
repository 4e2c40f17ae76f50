"""Who is looking at which session in this process, and how they hear of its seats.

A change is only a reason to look: the numbers are read from the database, for all sessions that changed
at once and not oftener than every half second, so that a rush for seats costs no more than that. Each
socket is told what it does not know yet, and in the order in which it was so."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Collection
from contextlib import suppress
from uuid import UUID

import structlog
from aiohttp import WSCloseCode, web

from media.protocol.messages import Close
from server.booking.seat_news import TOPIC, seat_counts
from server.booking.states import OPEN_SESSIONS
from server.booking.values import SeatCount
from server.edge.api import as_json
from server.edge.wire import Wire, text_frame
from server.infra.bus import Bus
from server.infra.errors import Unavailable
from server.people.privacy import blocked_pairs

MOST = 4000  # sockets of one process: whoever comes later sees what the page said
MOST_OF_ADDRESS = 30  # a class behind one router
PAUSE_S = 0.5  # between two looks at the database
RETRY_S = 2.0  # while it is away

log = structlog.get_logger()


class Watcher:
    """One socket on one session's page. `user_id` None is a guest."""

    def __init__(self, wire: Wire, session_id: UUID, user_id: int | None, address: str) -> None:
        self.wire = wire
        self.session_id = session_id
        self.user_id = user_id
        self.address = address
        self._told: SeatCount | None = None

    def tell(self, count: SeatCount) -> None:
        """The last word of a session that is over ends the socket."""
        if count == self._told:
            return
        self._told = count
        said = {"type": "seats", "taken": count.taken, "capacity": count.capacity, "status": count.status}
        self.wire.send(text_frame(as_json(said)))
        if count.status not in OPEN_SESSIONS:
            self.wire.close(Close.ENDED)


class Watching:
    """All of this process, by the session they look at."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._of: dict[UUID, set[Watcher]] = defaultdict(set)
        self._addresses: Counter[str] = Counter()
        self._changed: set[UUID] = set()
        self._woken = asyncio.Event()
        self._unsubscribe: Callable[[], None] | None = None
        self._looking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._unsubscribe = await self._bus.subscribe(TOPIC, self._hear, self._lost)
        self._looking = asyncio.create_task(self._look(), name="seats")

    async def stop(self) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()
        if self._looking is not None:
            self._looking.cancel()
            with suppress(asyncio.CancelledError):
                await self._looking

    def add(self, watcher: Watcher) -> bool:
        """Whether there is room for one more. They hear soon what is so."""
        full = self._addresses.total() >= MOST or self._addresses[watcher.address] >= MOST_OF_ADDRESS
        if not full:
            self._addresses[watcher.address] += 1
            self._of[watcher.session_id].add(watcher)
            self._notice(watcher.session_id)
        return not full

    def remove(self, watcher: Watcher) -> None:
        watchers = self._of.get(watcher.session_id, set())
        if watcher not in watchers:
            return
        watchers.discard(watcher)
        if not watchers:
            del self._of[watcher.session_id]
        self._addresses[watcher.address] -= 1
        if not self._addresses[watcher.address]:
            del self._addresses[watcher.address]

    def close_all(self, code: int) -> None:
        for watcher in self._watchers(tuple(self._of)):
            watcher.wire.close(code)

    # --- looking

    def _hear(self, sender: str, payload: bytes) -> None:
        session_id = UUID(bytes=payload)
        if session_id in self._of:
            self._notice(session_id)

    def _lost(self) -> None:
        for session_id in self._of:
            self._notice(session_id)

    def _notice(self, session_id: UUID) -> None:
        self._changed.add(session_id)
        self._woken.set()

    async def _look(self) -> None:
        """Until cancelled."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            changed, self._changed = self._changed, set()
            try:
                await self._tell(changed)
                await asyncio.sleep(PAUSE_S)
            except Exception as error:  # nobody else would begin again
                if not isinstance(error, Unavailable):
                    log.exception("seats could not be told")
                await asyncio.sleep(RETRY_S)
                self._changed |= changed
                self._woken.set()

    async def _tell(self, changed: Collection[UUID]) -> None:
        counts = await seat_counts(list(changed))
        members = {one.user_id for one in self._watchers(changed) if one.user_id is not None}
        mentors = {count.mentor_id for count in counts.values()}
        blocked = await blocked_pairs(members, mentors) if members else set()
        for watcher in self._watchers(changed):
            count = counts.get(watcher.session_id)
            if count is None or (watcher.user_id, count.mentor_id) in blocked:
                watcher.wire.close(Close.NO_SESSION)
            else:
                watcher.tell(count)

    def _watchers(self, session_ids: Collection[UUID]) -> list[Watcher]:
        return [watcher for session_id in session_ids for watcher in self._of.get(session_id, ())]


WATCHING: web.AppKey[Watching] = web.AppKey("watching", Watching)


async def close_sockets(app: web.Application) -> None:
    app[WATCHING].close_all(WSCloseCode.GOING_AWAY)
