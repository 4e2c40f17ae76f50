"""A lesson in a town of several server processes behind one address, with a Redis and a media node."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import aiohttp
from aiohttp import web
from aiohttp.test_utils import unused_port

from config.settings import Settings
from media.protocol import control
from media.protocol.codec import Message, encode
from server.booking.times import next_mark
from server.classroom import service as classroom
from server.edge.access import Viewer
from server.infra import clock
from tests.redis import RedisServer
from tests.server.classroom.fake_node import FakeNode
from tests.server.classroom.stage import RoomClient, booked_lesson

START_S = 60
LOOK_S = 0.1
ANSWER = {"type": "answer", "sdp": "v=0\r\n"}


class AnsweringNode(FakeNode):
    """Holds a link to every process, and answers an offer to the process it came from; whoever offers
    speaks, and is told how well their media travel."""

    async def _take(self, socket: web.WebSocketResponse, message: Message) -> None:
        if isinstance(message, control.PeerOffer):
            address = {"room": message.room, "participant": message.participant}
            for said in (
                control.PeerAnswer(**address, answer=ANSWER),
                control.RoomSpeaking(
                    room=message.room, speaker=message.participant, level=0.5, dominant=True
                ),
                control.PeerQuality(**address, about=message.participant, score=4.5, loss=0.0),
            ):
                await socket.send_str(encode(said))
        await super()._take(socket, message)


@dataclass
class ServerProcess:
    """One `python -m server`."""

    port: int
    process: Process
    http: aiohttp.ClientSession

    async def enter(self, session_id: UUID, **query: str) -> RoomClient:
        url = f"ws://127.0.0.1:{self.port}/ws/session/{session_id}/"
        client = RoomClient(await self.http.ws_connect(url, params=query))
        await client.come_in()
        return client

    async def come_in(self, session_id: UUID, viewer: Viewer) -> RoomClient:
        issued = await classroom.issue_ticket(session_id, viewer)
        return await self.enter(session_id, ticket=issued.ticket)

    async def wait_at_door(self, session_id: UUID, viewer: Viewer) -> RoomClient:
        """Come to a room that lets people in by hand."""
        issued = await classroom.issue_ticket(session_id, viewer)
        url = f"ws://127.0.0.1:{self.port}/ws/session/{session_id}/"
        client = RoomClient(await self.http.ws_connect(url, params={"ticket": issued.ticket}))
        assert (await client.next())["type"] == "waiting"
        return client

    async def kill(self) -> None:
        self.process.kill()
        await self.process.wait()


@dataclass
class Town:
    """A lesson, and the server processes that it may take place in."""

    settings: Settings
    redis: RedisServer
    node: AnsweringNode
    http: aiohttp.ClientSession
    mentor: Viewer
    learner: Viewer
    session_id: UUID
    servers: list[ServerProcess] = field(default_factory=list)
    more_nodes: list[AnsweringNode] = field(default_factory=list)

    async def start(self) -> ServerProcess:
        port = unused_port()
        own = {key: value for key, value in os.environ.items() if not key.startswith("PEERLEARN_")}
        environ = {
            "PEERLEARN_PORT": str(port),
            "PEERLEARN_DATA_DIR": str(self.settings.data_dir),
            "PEERLEARN_DATABASE_URL": self.settings.database_url,
            "PEERLEARN_REDIS_URL": self.redis.url,
            "PEERLEARN_MEDIA_NODES": ",".join(node.url for node in (self.node, *self.more_nodes)),
        }
        log = (self.settings.data_dir / f"server-{port}.log").open("wb")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "server"), env=own | environ, stdout=log, stderr=log
        )
        log.close()
        server = ServerProcess(port, process, self.http)
        self.servers.append(server)
        await self._ready(server)
        return server

    async def _ready(self, server: ServerProcess) -> None:
        async with asyncio.timeout(START_S):
            while True:
                assert server.process.returncode is None, self.logs()
                try:
                    async with self.http.get(f"http://127.0.0.1:{server.port}/readyz") as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    await asyncio.sleep(LOOK_S)

    def logs(self) -> str:
        return "\n".join(path.read_text() for path in self.settings.data_dir.glob("server-*.log"))

    async def stop(self) -> None:
        for server in self.servers:
            if server.process.returncode is None:
                server.process.send_signal(signal.SIGTERM)
        await asyncio.gather(*(server.process.wait() for server in self.servers))


@asynccontextmanager
async def running_node(settings: Settings) -> AsyncIterator[AnsweringNode]:
    node = AnsweringNode(settings.media.control_secret)
    await node.start()
    yield node
    await node.stop()


@asynccontextmanager
async def settled_town(settings: Settings, redis: RedisServer) -> AsyncIterator[Town]:
    """A town without a server yet; its database is open and has all tables."""
    mentor, learner, _, session_id = await booked_lesson(
        starts_at=next_mark(clock.now()) + timedelta(minutes=5)
    )
    async with AsyncExitStack() as stack:
        node = await stack.enter_async_context(running_node(settings))
        http = await stack.enter_async_context(aiohttp.ClientSession())
        found = Town(settings, redis, node, http, mentor, learner, session_id)
        stack.push_async_callback(found.stop)
        yield found
