"""People in rooms of this process whose sockets end at another one, an outpost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog
from aiohttp import WSCloseCode

from server.classroom.entry import Entry, Refused, entry_of
from server.classroom.parcel import Parcel, pack, topic_of
from server.classroom.places import Place
from server.classroom.wire import frame_of
from server.edge.wire import Wire
from server.infra.bus import Bus

Enter = Callable[[Entry, Wire], Awaitable[Place]]
Leg = tuple[str, str]  # the outpost's name, and the leg's name there

log = structlog.get_logger()


class Post:
    """Frames on their way to outposts. What a room says to all in one go is sent once to each outpost."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._waiting: dict[str, list[tuple[list[str], bytes]]] = {}  # by outpost

    def frame(self, leg: Leg, frame: bytes) -> None:
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self.flush)
        queue = self._waiting.setdefault(leg[0], [])
        if queue and queue[-1][1] is frame:
            queue[-1][0].append(leg[1])
        else:
            queue.append(([leg[1]], frame))

    def close(self, leg: Leg, code: int) -> None:
        """After everything said before."""
        self.flush()
        self._send(leg[0], Parcel("close", (leg[1],), fields={"code": code}))

    def flush(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for outpost, queue in waiting.items():
            for names, frame in queue:
                self._send(outpost, Parcel("frame", names, frame))

    def _send(self, outpost: str, parcel: Parcel) -> None:
        self._bus.publish(topic_of(outpost), pack(parcel))


class FarWire:
    """A socket that ends at an outpost."""

    def __init__(self, leg: Leg, post: Post) -> None:
        self._leg = leg
        self._post = post
        self._closing = False

    def send(self, frame: bytes) -> None:
        if not self._closing:
            self._post.frame(self._leg, frame)

    def close(self, code: int) -> None:
        if not self._closing:
            self._closing = True
            self._post.close(self._leg, code)


class _Visit:
    """One visitor's wire and the queue of what they say; None in it is their leaving."""

    def __init__(self, wire: FarWire) -> None:
        self.wire = wire
        self.said: asyncio.Queue[str | None] = asyncio.Queue()
        self.clean = False

    def leave(self, *, clean: bool) -> None:
        self.clean = clean
        self.said.put_nowait(None)


class Visitors:
    """The visits to rooms of this process, each with a task that does what the visitor says, in order."""

    def __init__(self, bus: Bus, enter: Enter) -> None:
        self._enter = enter
        self._post = Post(bus)
        self._visits: dict[Leg, _Visit] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def outposts(self) -> frozenset[str]:
        return frozenset(outpost for outpost, _ in self._visits)

    def take(self, outpost: str, parcel: Parcel) -> None:
        """Act on what an outpost says."""
        leg = (outpost, parcel.legs[0])
        if parcel.kind == "enter":
            self._begin(leg, parcel)
        elif leg not in self._visits:
            return
        elif parcel.kind == "said":
            self._visits[leg].said.put_nowait(parcel.body.decode())
        else:
            self._visits[leg].leave(clean=bool(parcel.fields["clean"]))

    def cut(self, outposts: frozenset[str]) -> None:
        """These outposts are gone, or what they said is: their people have the grace to come back."""
        for leg, visit in tuple(self._visits.items()):
            if leg[0] in outposts:
                visit.leave(clean=False)

    async def stop(self) -> None:
        self._post.flush()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, leg: Leg, parcel: Parcel) -> None:
        visit = self._visits[leg] = _Visit(FarWire(leg, self._post))
        task = asyncio.create_task(self._host(leg, visit, parcel), name="visitor")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _host(self, leg: Leg, visit: _Visit, parcel: Parcel) -> None:
        try:
            entry = await entry_of(
                UUID(parcel.fields["session"]),
                parcel.fields["user"],
                parcel.fields["login"],
                parcel.fields["resume"],
            )
            place = await self._enter(entry, visit.wire)
            await self._converse(place, visit)
        except Refused as refused:
            if refused.error is not None:
                visit.wire.send(frame_of(refused.error))
            visit.wire.close(refused.code)
        except Exception:
            log.exception("visit failed")
            visit.wire.close(WSCloseCode.INTERNAL_ERROR)
        finally:
            self._visits.pop(leg, None)

    async def _converse(self, place: Place, visit: _Visit) -> None:
        try:
            await place.settle()
            while (text := await visit.said.get()) is not None:
                await place.take(text)
        finally:
            place.leave(clean=visit.clean)
