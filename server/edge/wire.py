"""One browser's socket, for those who speak to many.

Frames are built once and written straight to the transport. Nothing is awaited, so that a room speaks to
all its sockets in one go. The transport's own buffer is the bounded queue: who doesn't read fast enough
is closed (4408) before the buffer costs us memory. Pings tell who does not read at all, long before that:
the kernels at both ends hold minutes of a quiet room.
"""

from __future__ import annotations

import asyncio
import struct
from typing import Protocol

import aiohttp
from aiohttp import WSMsgType, web

from media.protocol.messages import Close

BUFFER_LIMIT = 1 << 20  # bytes not yet taken by the kernel; twice the largest frame
CLOSE_TIMEOUT_S = 3.0  # how long a browser may take to answer our close frame

TEXT_FRAME = 0x81  # FIN and opcode 1
PONG_FRAME = 0x8A
PING = bytes((0x89, 0))


def text_frame(text: str) -> bytes:
    """A whole, unmasked text frame (RFC 6455 §5.2)."""
    payload = text.encode()
    size = len(payload)
    if size < 126:
        return bytes((TEXT_FRAME, size)) + payload
    if size < 1 << 16:
        return struct.pack("!BBH", TEXT_FRAME, 126, size) + payload
    return struct.pack("!BBQ", TEXT_FRAME, 127, size) + payload


class Wire(Protocol):
    """What a speaker sees of somebody's socket, wherever that ends."""

    def send(self, frame: bytes) -> None:
        """Write one frame; on a closing socket nothing happens."""

    def close(self, code: int) -> None:
        """Have it closed with `code`, after what was sent before; only the first call counts."""


class SocketWire:
    """Reads from one socket and writes to it until either side closes.

    Whoever wants it closed says so; the closing itself is done by the task that reads, so that the
    browser's answer to our close frame is waited for (RFC 6455 §7.1.1).

    `heartbeat_s` after it was heard last a ping goes out, which has to be answered in as many seconds."""

    def __init__(
        self, socket: web.WebSocketResponse, transport: asyncio.Transport, heartbeat_s: float
    ) -> None:
        self._socket = socket
        self._transport = transport
        self._heartbeat_s = heartbeat_s
        self._code: int | None = None
        self._reading: asyncio.Timeout | None = None
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(heartbeat_s, self._ask)

    @property
    def closing(self) -> bool:
        """Whether it is we who want it closed."""
        return self._code is not None

    def send(self, frame: bytes) -> None:
        if self.closing or self._transport.is_closing():
            return
        self._transport.write(frame)
        if self._transport.get_write_buffer_size() > BUFFER_LIMIT:
            self.close(Close.TOO_SLOW)

    def close(self, code: int) -> None:
        if self._code is None:
            self._code = code
            if self._reading is not None:
                self._reading.reschedule(asyncio.get_running_loop().time())

    async def receive(self) -> aiohttp.WSMessage | None:
        """The next thing the browser says; None once we want it closed."""
        if self.closing:
            return None
        try:
            async with asyncio.timeout(None) as self._reading:
                while self._is_beat(message := await self._socket.receive()):
                    pass
                return message
        except TimeoutError:
            return None
        finally:
            self._reading = None

    def _is_beat(self, message: aiohttp.WSMessage) -> bool:
        """Pings are answered, and our own answered ones are asked again after a while."""
        if message.type is WSMsgType.PING:
            self._transport.write(bytes((PONG_FRAME, len(message.data))) + message.data)
        elif message.type is WSMsgType.PONG:
            self._timer.cancel()
            self._timer = self._loop.call_later(self._heartbeat_s, self._ask)
        else:
            return False
        return True

    def _ask(self) -> None:
        if self.closing or self._transport.is_closing():
            return
        self._transport.write(PING)
        self._timer = self._loop.call_later(self._heartbeat_s, self._unanswered)

    def _unanswered(self) -> None:
        """They don't read. While it is we who don't (a message of theirs takes long) nobody can tell."""
        if self._reading is None:
            self._timer = self._loop.call_later(self._heartbeat_s, self._unanswered)
        else:
            self.close(Close.TOO_SLOW)

    async def finish(self) -> None:
        """Close the socket, if that is wanted; called by the task that reads, at its end."""
        self._timer.cancel()
        if self._code is None:
            return
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self._socket.close(code=self._code, drain=False)
        except TimeoutError:
            pass
        finally:
            if self._transport.get_write_buffer_size():
                self._transport.abort()  # a client that never reads would keep it open for ever
