"""The control link as a bench needs it: one room at a time, a handler per participant, and what the node
says of quality."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from scripts.benchmarks.load.description import read
from scripts.benchmarks.load.node import SECRET
from scripts.benchmarks.viewers.publisher import LayeredPublisher, layered_offer
from scripts.benchmarks.viewers.viewer import Viewer

Handler = Callable[[dict[str, Any]], Awaitable[None]]
CONNECTED_WITHIN_S = 20.0
_PORT = re.compile(r"(a=candidate:\S+ 1 udp \d+ \S+ )(\d+)( typ host)")


class Calls:
    """`heard` are the node's quality messages, each with `at` of this process's clock."""

    def __init__(self) -> None:
        self._http = aiohttp.ClientSession(headers={"Authorization": f"Bearer {SECRET}"})
        self._handlers: dict[tuple[str, str], Handler] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.heard: list[dict[str, Any]] = []

    async def open(self, control_url: str) -> Calls:
        self._socket = await self._http.ws_connect(control_url + "/control", max_msg_size=0)
        self.udp_port = int((await self._socket.receive_json())["udp_port"])
        self._reader = asyncio.create_task(self._read())
        return self

    async def close(self) -> None:
        await self._socket.close()
        await self._reader
        await self._http.close()

    async def say(self, room: str, name: str, **message: Any) -> None:
        await self._socket.send_str(json.dumps({"room": room, "participant": name, **message}))

    async def publish(self, room: str, name: str, peer: LayeredPublisher, rids: list[str]) -> None:
        """Bring the publisher up; its media begin with `peer.start`."""
        connected = asyncio.Event()

        async def take(message: dict[str, Any]) -> None:
            if message["type"] == "answer":
                await peer.connect(read(message["answer"]["sdp"]))
                connected.set()

        self._handlers[room, name] = take
        await self.say(room, name, type="join")
        offer = {"type": "offer", "sdp": layered_offer(peer, rids)}
        await self.say(room, name, type="offer", offer=offer, tracks=_LABELS)
        async with asyncio.timeout(CONNECTED_WITHIN_S):
            await connected.wait()

    async def watch(self, room: str, viewer: Viewer, publisher: str, port: int | None) -> None:
        """Let a browser in. With `port` it reaches the node there, through a relay."""

        async def take(message: dict[str, Any]) -> None:
            if message["type"] == "offer":
                sdp = message["offer"]["sdp"]
                answer = await viewer.answer(_through(sdp, port) if port else sdp)
                await self.say(room, viewer.name, type="answer", answer={"type": "answer", "sdp": answer})

        self._handlers[room, viewer.name] = take
        await self.say(room, viewer.name, type="join")
        await self.say(
            room,
            viewer.name,
            type="subscribe",
            publisher=publisher,
            source="camera",
            quality="auto",
            width=1280,
        )

    async def leave(self, room: str) -> None:
        await self._socket.send_str(json.dumps({"type": "close-room", "room": room}))

    async def _read(self) -> None:
        async for frame in self._socket:
            message = json.loads(frame.data)
            if message["type"] == "quality":
                self.heard.append({**message, "at": time.monotonic()})
            handler = self._handlers.get((message.get("room"), message.get("participant")))
            if handler is not None:
                task = asyncio.ensure_future(handler(message))
                self._tasks.add(task)
                task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            asyncio.get_running_loop().call_exception_handler(
                {"message": "a handler failed", "exception": task.exception()}
            )


_LABELS = {"0": {"source": "microphone"}, "1": {"source": "camera"}}


def _through(sdp: str, port: int) -> str:
    return _PORT.sub(rf"\g<1>{port}\g<3>", sdp)
