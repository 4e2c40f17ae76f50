"""One of a hundred who stops reading: the others don't notice, and it is put out."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer, unused_port

from config.settings import Settings
from media.protocol.messages import Close
from scripts.benchmarks.population import Lesson, add_lessons, add_people, token_of
from server.app import build_app
from server.booking.times import next_mark
from server.classroom.keys import HUB
from server.classroom.socket import HEARTBEAT_S
from server.edge.wire import CLOSE_TIMEOUT_S
from server.infra import clock
from server.infra.nodes import MEDIA_NODES
from server.pages.taxonomy import plant_skills

PEOPLE = 100
DROPPED_WITHIN_S = 15.0
COSTS_MS = 50.0
LINES = 60  # said in turn, five a second
PAUSE_S = 0.2

pytestmark = pytest.mark.alone


@dataclass
class Crowd:
    """A hundred sockets in one room; what each hears is timed by the stamp that it carries."""

    sockets: list[aiohttp.ClientWebSocketResponse] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    readers: list[asyncio.Task[None]] = field(default_factory=list)

    async def read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for frame in socket:
            message = json.loads(frame.data)
            if message["type"] == "chat":
                self.delays.append(time.perf_counter() - float(message["text"]))

    async def talk(self) -> float:
        """Lines of chat by some in turn; the 95th percentile of their delays, in milliseconds."""
        self.delays.clear()
        due = time.perf_counter()
        for number in range(LINES):
            speaker = self.sockets[number % 20]
            await speaker.send_str(json.dumps({"type": "chat", "text": f"{time.perf_counter():.6f}"}))
            due += PAUSE_S
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
        heard = sorted(self.delays)
        assert len(heard) > LINES * (PEOPLE - 2) * 0.9
        return heard[int(0.95 * len(heard))] * 1000


@pytest.fixture
async def crowd(database: Settings) -> AsyncIterator[tuple[Crowd, TestClient]]:
    await plant_skills()
    mentor, *learners = [
        *await add_people(["mira"], "mentor"),
        *await add_people([f"l{number}" for number in range(PEOPLE - 1)], "learner"),
    ]
    start = next_mark(clock.now())
    (session,) = await add_lessons([Lesson(mentor, learners, start)])
    app = build_app(database)
    app[MEDIA_NODES].replace([])
    room = Crowd()
    async with TestClient(TestServer(app, port=unused_port())) as http:
        for person in (mentor, *learners):
            headers = {"Authorization": f"Bearer {await token_of(person)}"}
            socket = await http.ws_connect(f"/ws/session/{session}/", headers=headers, max_msg_size=0)
            room.sockets.append(socket)
        room.readers = [asyncio.create_task(room.read(socket)) for socket in room.sockets]
        yield room, http
        for task in room.readers:
            task.cancel()
        await asyncio.gather(*(socket.close() for socket in room.sockets[:-1]))


async def test_who_stalls_costs_the_others_nothing_and_is_dropped(
    crowd: tuple[Crowd, TestClient], record_property: Callable[[str, object], None]
) -> None:
    room, http = crowd
    calm = await room.talk()
    stalled = room.sockets[-1]
    connection = stalled._response.connection
    assert connection is not None
    assert connection.transport is not None
    connection.transport.pause_reading()  # type: ignore[attr-defined]
    began = time.perf_counter()
    troubled = await room.talk()
    (hub_room,) = http.app[HUB].rooms.values()  # type: ignore[union-attr]
    while sum(member.wire is not None for member in hub_room.members.values()) == PEOPLE:
        assert time.perf_counter() - began < DROPPED_WITHIN_S
        await asyncio.sleep(0.1)
    assert troubled - calm <= COSTS_MS, (calm, troubled)
    connection.transport.resume_reading()  # type: ignore[attr-defined]
    async with asyncio.timeout(60):
        await room.readers[-1]
    assert stalled.close_code == Close.TOO_SLOW
    record_property("p95 of the others, ms", f"{calm:.1f} before, {troubled:.1f} beside who stalled")


def test_the_slowest_way_out_is_soon_enough() -> None:
    """Just heard, asked, never answered; then the socket's own good-bye, which nobody answers either."""
    assert 2 * HEARTBEAT_S + CLOSE_TIMEOUT_S <= DROPPED_WITHIN_S
