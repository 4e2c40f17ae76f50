"""A media node that moves no media: it speaks the control link and serves segments, as told by a test."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any, TypeVar
from uuid import uuid4

from aiohttp import web

from media.protocol import control
from media.protocol.codec import Message, encode

WAIT_S = 60  # for something that is on its way; no test waits for it to pass

M = TypeVar("M", bound=Message)


class FakeNode:
    """Listens on 127.0.0.1. `heard` holds what the server said, `segments` the files that wait.

    `cut_after` makes the next segment answers end after so many bytes each; `rooms` are those that it
    says it has, `fresh` what it answers to `join` (None: nothing)."""

    def __init__(self, secret: str, name: str = "fake") -> None:
        self.name = name
        self.rooms: tuple[str, ...] = ()
        self.fresh: bool | None = None
        self.heard: list[Message] = []
        self.segments: dict[str, bytes] = {}
        self.ranges: list[str | None] = []
        self.cut_after: list[int] = []
        self.epoch = uuid4().hex
        self.port = 0
        self._secret = secret
        self._news = asyncio.Condition()
        self._socket: web.WebSocketResponse | None = None
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Listen; after `stop` on the same port again."""
        app = web.Application()
        app.router.add_get(control.CONTROL_PATH, self._control)
        app.router.add_get("/segments/{id}", self._segment)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        await self.drop()
        if self._runner is not None:
            await self._runner.cleanup()

    async def drop(self) -> None:
        """Cut the control link."""
        if self._socket is not None:
            await self._socket.close()
            self._socket = None

    async def restart(self) -> None:
        """As after a crash: a new epoch, nobody known."""
        await self.stop()
        self.epoch = uuid4().hex
        self.heard.clear()
        await self.start()

    # --- saying and hearing

    async def say(self, message: Message) -> None:
        await self.linked()
        assert self._socket is not None
        await self._socket.send_str(encode(message))

    async def beat(self, **values: Any) -> None:
        """Say how it is."""
        usual = {"rooms": 0, "peers": 0, "stress": 0.0, "disk_free_bytes": 10**12}
        await self.say(control.Heartbeat(**{**usual, **values}))

    async def linked(self) -> None:
        """Wait until the server is there."""
        await self._until(lambda: self._socket is not None)

    async def hear(self, kind: type[M], **fields: Any) -> M:
        """The first message of this type with these fields, waited for, and taken out of `heard`."""
        await self._until(lambda: self._find(kind, fields) is not None)
        found = self._find(kind, fields)
        assert found is not None
        self.heard.remove(found)
        return found

    def said(self, kind: type[Message], **fields: Any) -> bool:
        """Whether such a message has come."""
        return self._find(kind, fields) is not None

    def _find(self, kind: type[M], fields: dict[str, Any]) -> M | None:
        for message in self.heard:
            matches = all(getattr(message, name, None) == value for name, value in fields.items())
            if isinstance(message, kind) and matches:
                return message
        return None

    async def _until(self, ready: Any) -> None:
        async with asyncio.timeout(WAIT_S), self._news:
            await self._news.wait_for(ready)

    # --- what it serves

    def keep(self, content: bytes, **fields: Any) -> control.SegmentClosed:
        """Put a segment on disk; returns the announcement to `say`."""
        segment = uuid4().hex
        self.segments[segment] = content
        described = {
            "source": "camera",
            "kind": "video",
            "start_ms": 0,
            "duration_ms": 1000,
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        return control.SegmentClosed(segment=segment, **{**described, **fields})

    async def _control(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {self._secret}":
            raise web.HTTPUnauthorized
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        hello = control.Node(
            id=self.name, epoch=self.epoch, udp_port=1, advertised_ips=["127.0.0.1"], rooms=self.rooms
        )
        await socket.send_str(encode(hello))
        await self._change(socket)
        async for received in socket:
            await self._take(socket, control.decode_to_node(received.data))
        return socket

    async def _take(self, socket: web.WebSocketResponse, message: Message) -> None:
        if isinstance(message, control.Join) and self.fresh is not None:
            seat = {"room": message.room, "participant": message.participant}
            await socket.send_str(encode(control.Seated(**seat, fresh=self.fresh)))
        async with self._news:
            self.heard.append(message)
            self._news.notify_all()

    async def _change(self, socket: web.WebSocketResponse) -> None:
        async with self._news:
            self._socket = socket
            self._news.notify_all()

    async def _segment(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {self._secret}":
            raise web.HTTPUnauthorized
        content = self.segments.get(request.match_info["id"])
        if content is None:
            raise web.HTTPNotFound
        self.ranges.append(request.headers.get("Range"))
        first = request.http_range.start or 0
        response = web.StreamResponse(status=206 if first else 200)
        if first:
            response.headers["Content-Range"] = f"bytes {first}-{len(content) - 1}/{len(content)}"
        response.content_length = len(content) - first
        await response.prepare(request)
        end = first + self.cut_after.pop(0) if self.cut_after else len(content)
        await response.write(content[first:end])
        if end < len(content):
            assert request.transport is not None
            request.transport.close()  # flushes what was written, then is gone in the middle
        return response
