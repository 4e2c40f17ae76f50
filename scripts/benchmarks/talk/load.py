"""The load: fills the rooms of every server with sockets, then lets them talk by turns.

A turn's lines come at even distances, from all seats in turn. A line carries the time at which it was
written, so that every socket that gets it knows how long it took."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import random
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import aiohttp

from scripts.benchmarks.processes import cpu_of, percentile, tree_cpu

WARM_UP_S = 1.0
DRAIN_S = 0.3
CALM_S = 1.0
CALM_SHARE = 0.03  # of a core: below it a server is at rest
CALM_WITHIN_S = 20.0
ENTER_AT_ONCE = 8  # sockets that are opened at one time
UNSTEADY = 0.03  # share of the offered deliveries that may be missing or too many in a turn
TEXT = " and what does the second flame from the left stand for in this graph?"

_STAMP = re.compile(r'"text":\s*"(\d+)')


@dataclass(frozen=True)
class Shape:
    """`rooms` rooms of `seats` people; in all of them together `rate` lines are delivered a second, the
    writer's own copies included."""

    name: str
    rooms: int
    seats: int
    rate: int


@dataclass(frozen=True)
class Target:
    """A server under test. `address` gives the URL of a socket, by shape, room and seat; `counted` are
    the processes whose time counts, `database` is the parent of PostgreSQL's, told apart."""

    name: str
    address: Callable[[Shape, int, int], Awaitable[str]]
    counted: tuple[int, ...]
    database: int | None = None


@dataclass
class Turn:
    """What one turn measured; times in seconds."""

    delivered: int
    cpu: float
    database_cpu: float
    seconds: float
    delays: list[float]


class Ear:
    """Counts what arrives at all sockets of one server."""

    def __init__(self) -> None:
        self.delivered = 0
        self.delays: list[float] = []

    def hear(self, text: str) -> None:
        found = _STAMP.search(text)
        if found is not None:
            self.delivered += 1
            self.delays.append((time.perf_counter_ns() - int(found[1])) / 1e9)

    def reset(self) -> None:
        self.delivered, self.delays = 0, []


class Seats:
    """All sockets of one shape at one server."""

    def __init__(self, http: aiohttp.ClientSession, target: Target, shape: Shape) -> None:
        self._http = http
        self._target = target
        self._shape = shape
        self._ear = Ear()
        self._sockets: list[aiohttp.ClientWebSocketResponse] = []
        self._readers: list[asyncio.Task[None]] = []

    @property
    def target(self) -> Target:
        return self._target

    async def enter(self) -> None:
        """Everybody takes their seat, some at a time; then the server comes to rest."""
        gate = asyncio.Semaphore(ENTER_AT_ONCE)
        places = [(room, seat) for room in range(self._shape.rooms) for seat in range(self._shape.seats)]
        await asyncio.gather(*(self._take(gate, room, seat) for room, seat in places))
        await self._calm()

    async def _take(self, gate: asyncio.Semaphore, room: int, seat: int) -> None:
        async with gate:
            address = await self._target.address(self._shape, room, seat)
            socket = await self._http.ws_connect(address, compress=0, max_msg_size=0)
            first = json.loads(await socket.receive_str(timeout=20))
            if first["type"] != "joined":
                raise RuntimeError(f"{self._target.name} let nobody in: {first}")
        self._sockets.append(socket)
        self._readers.append(asyncio.create_task(self._read(socket)))

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                self._ear.hear(message.data)

    async def _calm(self) -> None:
        deadline = time.monotonic() + CALM_WITHIN_S
        while time.monotonic() < deadline:
            before = cpu_of(self._target.counted)
            await asyncio.sleep(CALM_S)
            if cpu_of(self._target.counted) - before < CALM_SHARE * CALM_S * len(self._target.counted):
                return

    async def talk(self, seconds: float) -> Turn:
        """One turn."""
        talking = asyncio.create_task(self._say())
        await asyncio.sleep(WARM_UP_S)
        self._ear.reset()
        began, before = time.perf_counter(), self._times()
        await asyncio.sleep(seconds)
        delivered, delays = self._ear.delivered, self._ear.delays
        after, ended = self._times(), time.perf_counter()
        await self._hush(talking)
        await asyncio.sleep(DRAIN_S)
        spent, database = (now - then for now, then in zip(after, before, strict=True))
        return Turn(delivered, spent, database, ended - began, list(delays))

    async def _hush(self, talking: asyncio.Task[None]) -> None:
        """Raises what ended the talk, if it ended by itself."""
        talking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await talking
        closed = sum(socket.closed for socket in self._sockets)
        if closed:
            raise RuntimeError(f"{self._target.name} closed {closed} sockets")

    def _times(self) -> tuple[float, float]:
        database = self._target.database
        return cpu_of(self._target.counted), tree_cpu(database) if database else 0.0

    async def _say(self) -> None:
        """A late line is made up for: the rate stays what was offered."""
        pause = self._shape.seats / self._shape.rate
        due = time.perf_counter()
        for socket in self._speakers():
            await socket.send_str(json.dumps({"type": "chat", "text": f"{time.perf_counter_ns()}{TEXT}"}))
            due += pause
            await asyncio.sleep(max(0.0, due - time.perf_counter()))

    def _speakers(self) -> Iterator[aiohttp.ClientWebSocketResponse]:
        order = list(self._sockets)
        random.Random(1).shuffle(order)
        return itertools.cycle(order)

    async def leave(self) -> None:
        await asyncio.gather(*(socket.close() for socket in self._sockets))
        await asyncio.gather(*self._readers)


@dataclass
class Loaded:
    """One server with one shape in it."""

    seats: Seats
    turns: list[Turn] = field(default_factory=list)


async def measure_shape(
    targets: list[Target], shape: Shape, rounds: int, seconds: float
) -> dict[str, Any]:
    """Results by server; processor time is the median of the turns, in microseconds a delivered line."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        loaded = [Loaded(Seats(http, target, shape)) for target in targets]
        for each in loaded:
            await each.seats.enter()
        for _ in range(rounds):
            for each in loaded:
                each.turns.append(await each.seats.talk(seconds))
        for each in loaded:
            await each.seats.leave()
    return {each.seats.target.name: summary(each.turns, shape) for each in loaded}


def summary(turns: list[Turn], shape: Shape) -> dict[str, Any]:
    """Only turns at the offered rate count, unless there is none."""
    kept = [turn for turn in turns if is_steady(turn, shape)] or turns
    delays = [delay * 1000 for turn in kept for delay in turn.delays]
    costs = [turn.cpu / max(1, turn.delivered) * 1e6 for turn in kept]
    database = [turn.database_cpu / max(1, turn.delivered) * 1e6 for turn in kept]
    return {
        "cpu_us": round(median(costs), 1),
        "cpu_us_turns": [round(cost, 1) for cost in costs],
        "database_us": round(median(database), 1),
        "delivered_per_s": round(median(turn.delivered / turn.seconds for turn in kept)),
        "p50_ms": round(percentile(delays, 50), 2),
        "p99_ms": round(percentile(delays, 99), 2),
        "turns_kept": f"{len(kept)} of {len(turns)}",
        "steady": all(is_steady(turn, shape) for turn in kept),
    }


def is_steady(turn: Turn, shape: Shape) -> bool:
    """Whether as much was delivered as was offered."""
    offered = shape.rate * turn.seconds
    return abs(turn.delivered - offered) <= UNSTEADY * offered
