"""A lesson set up for tests: an application with a fake media node, a mentor, learners, their sockets."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestClient

from server import worker
from server.accounts.logins import open_login
from server.accounts.values import Client
from server.booking import service as booking
from server.classroom import service as classroom
from server.classroom.hub import Hub
from server.classroom.keys import HUB
from server.edge.access import Viewer
from server.infra import clock
from tests.server.booking import makers
from tests.server.classroom.fake_node import WAIT_S, FakeNode


class RoomClient:
    """One browser's end of a room socket. What it hears is kept until it is asked for; it reads all the
    time, so that pings are answered while a test does something else."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self._arrived: asyncio.Queue[aiohttp.WSMessage | None] = asyncio.Queue()
        self._reading = asyncio.create_task(self._read())
        self.joined: dict[str, Any] = {}
        self.lesson: dict[str, Any] = {}
        self.board: list[dict[str, Any]] = []
        self._heard: list[dict[str, Any]] = []

    @property
    def id(self) -> str:
        return str(self.joined["self"]["id"])

    @property
    def resume(self) -> str:
        return str(self.joined["resume"])

    @property
    def transport(self) -> asyncio.Transport:
        connection = self.socket._response.connection
        assert connection is not None
        assert connection.transport is not None
        return connection.transport

    async def come_in(self) -> None:
        """What everybody is told first."""
        self.joined = await self.next()
        assert self.joined["type"] == "joined", self.joined
        self.lesson = await self.hear("lesson")
        self.board = (await self.hear("board"))["items"]

    async def say(self, kind: str, **fields: Any) -> None:
        await self.socket.send_str(json.dumps({"type": kind, **fields}))

    async def hear(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The next message of this type with these fields; others are kept."""
        async with asyncio.timeout(WAIT_S):
            while True:
                for message in self._heard:
                    if message["type"] == kind and fields.items() <= message.items():
                        self._heard.remove(message)
                        return message
                self._heard.append(await self.next())

    async def next(self) -> dict[str, Any]:
        """The very next message from the wire."""
        received = await self._receive()
        assert received is not None, self.socket.close_code
        found: dict[str, Any] = json.loads(received.data)
        return found

    async def _read(self) -> None:
        async for received in self.socket:
            self._arrived.put_nowait(received)
        self._arrived.put_nowait(None)

    async def _receive(self) -> aiohttp.WSMessage | None:
        """None once the socket is closed."""
        async with asyncio.timeout(WAIT_S):
            received = await self._arrived.get()
        if received is None:
            self._arrived.put_nowait(None)
        return received

    async def sync(self) -> list[dict[str, Any]]:
        """Everything heard up to now: what the server sent before it answers this ping."""
        await self.say("ping", t=-1)
        await self.hear("pong", t=-1)
        heard, self._heard = self._heard, []
        return heard

    async def closed(self) -> int:
        """The code with which the server closes; messages before it are kept."""
        while (received := await self._receive()) is not None:
            self._heard.append(json.loads(received.data))
        assert self.socket.close_code is not None
        return self.socket.close_code

    def heard(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self._heard if message["type"] == kind]

    async def leave(self) -> None:
        """Say goodbye, as the leave button does."""
        await self.socket.close(code=1000)

    async def vanish(self) -> None:
        """As when the tab is closed."""
        await self.socket.close(code=1001)


@dataclass
class Stage:
    """What a test of the classroom needs at hand."""

    http: TestClient[web.Request, web.Application]
    node: FakeNode
    clock: clock.ManualClock
    mentor: Viewer
    learner: Viewer
    other: Viewer
    session_id: UUID
    clients: list[RoomClient] = field(default_factory=list)

    @property
    def hub(self) -> Hub:
        hub: Hub = self.app[HUB]
        return hub

    @property
    def app(self) -> web.Application:
        assert self.http.app is not None
        return self.http.app

    @property
    def path(self) -> str:
        return f"/ws/session/{self.session_id}/"

    async def knock(self, path: str | None = None, **options: Any) -> RoomClient:
        """Open a socket without expecting to be let in."""
        socket = await self.http.ws_connect(path or self.path, **options)
        client = RoomClient(socket)
        self.clients.append(client)
        return client

    async def enter(self, viewer: Viewer, **query: str) -> RoomClient:
        """Come in with a fresh ticket, or with what `query` brings."""
        if not query:
            query = {"ticket": (await classroom.issue_ticket(self.session_id, viewer)).ticket}
        client = await self.knock(params=query)
        await client.come_in()
        return client

    async def bearer(self, viewer: Viewer) -> dict[str, str]:
        """Headers of a signed-in program."""
        login = await open_login(viewer.user_id, Client("127.0.0.1", "127.0.0.1"))
        return {"Authorization": f"Bearer {login.token}"}

    async def start(self) -> None:
        """The lesson's start has come."""
        session = await booking.get_session(self.session_id, self.mentor)
        self.clock.set(max(session.starts_at, self.clock.now()))
        await self.hub.agenda.run_due()

    async def go_live(self) -> None:
        """The mentor pressed start."""
        await booking.start_session(self.session_id, self.mentor)
        await self.run_jobs()

    async def end(self) -> None:
        await booking.end_session(self.session_id, self.mentor)
        await self.run_jobs()

    async def pass_time(self, **by: float) -> None:
        self.clock.advance(timedelta(**by))
        await self.hub.agenda.run_due()

    async def run_jobs(self) -> None:
        """Run everything that is due in the outbox, until nothing is. Errors put rows back."""
        await self.hub.journal.settled()
        while await worker.run_due():
            await self.hub.journal.settled()


async def booked_lesson(**values: Any) -> tuple[Viewer, Viewer, Viewer, UUID]:
    """A published session with a mentor, two who booked it, and its id; its doors open in an hour."""
    mentor = await makers.mentor("mira")
    learner, other = await makers.person("lea"), await makers.person("otto")
    session_id = await makers.published(mentor, **{"capacity": 5, **values})
    for viewer in (learner, other):
        await booking.book_session(session_id, viewer)
    return mentor, learner, other, session_id
