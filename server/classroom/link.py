"""The link to one media node: dialled by us, dialled again for as long as the node is listed.

A dropped link whose redials fail for a second is a dead node; a host that has fallen silent is found by
its missing heartbeats.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

import aiohttp
import structlog

from media.protocol import control
from media.protocol.codec import Message, MessageError, encode
from media.protocol.messages import FRAME_LIMIT

SILENT_AFTER_S = 6.0  # three heartbeats
DEAD_AFTER_S = 1.0  # of failed redials
REDIAL_FIRST_S = 0.05
REDIAL_MAX_S = 2.0
DIAL_TIMEOUT_S = 3.0

log = structlog.get_logger()


class LinkLost(Exception):
    """The node closed the link, fell silent, or does not speak our language."""


class LinkOwner(Protocol):
    """Who uses the links; all calls come from the event loop and must not block."""

    def link_ready(self, link: NodeLink) -> None: ...

    def link_dead(self, link: NodeLink) -> None: ...

    def link_message(self, link: NodeLink, message: Message) -> None: ...


class NodeLink:
    """One node's control socket."""

    def __init__(self, url: str, secret: str, http: aiohttp.ClientSession, owner: LinkOwner) -> None:
        self.url = url
        self.heartbeat: control.Heartbeat | None = None
        self._secret = secret
        self._http = http
        self._owner = owner
        self._node: control.Node | None = None
        self._outgoing: asyncio.Queue[str] = asyncio.Queue()

    @property
    def epoch(self) -> str | None:
        """Differs for each start of the node's process; None while there is no connection."""
        return self._node.epoch if self._node else None

    def send(self, message: Message) -> bool:
        """Queue `message`; False when there is no connection."""
        if self._node is None:
            return False
        self._outgoing.put_nowait(encode(message))
        return True

    async def run(self) -> None:
        """Keep the link up until cancelled."""
        clock = asyncio.get_running_loop().time
        lost_at, pause, told = clock(), REDIAL_FIRST_S, True
        while True:
            if await self._talk():
                lost_at, pause, told = clock(), REDIAL_FIRST_S, False
            elif not told and clock() - lost_at >= DEAD_AFTER_S:
                told = True
                self._owner.link_dead(self)
            await asyncio.sleep(pause)
            pause = min(REDIAL_MAX_S, pause * 2)

    async def _talk(self) -> bool:
        """Dial and converse until the link drops; False when the node was not reached."""
        reached = False
        try:
            socket = await self._dial()
            try:
                await self._converse(socket)
            finally:
                reached = self._node is not None
                self._node = self.heartbeat = None
                await socket.close()
        except (aiohttp.ClientError, OSError, TimeoutError, LinkLost) as error:
            log.warning("no link to media node", url=self.url, reached=reached, error=str(error))
        return reached

    async def _dial(self) -> aiohttp.ClientWebSocketResponse[bool]:
        async with asyncio.timeout(DIAL_TIMEOUT_S):
            return await self._http.ws_connect(
                self.url + control.CONTROL_PATH,
                headers={"Authorization": f"Bearer {self._secret}"},
                max_msg_size=2 * FRAME_LIMIT,
                timeout=aiohttp.ClientWSTimeout(ws_close=DIAL_TIMEOUT_S),
            )

    async def _converse(self, socket: aiohttp.ClientWebSocketResponse[bool]) -> None:
        hello = await self._receive(socket)
        if not isinstance(hello, control.Node):
            raise LinkLost("the node did not introduce itself")
        self._node, self._outgoing = hello, asyncio.Queue()
        sender = asyncio.create_task(self._send_queued(socket, self._outgoing))
        try:
            self._owner.link_ready(self)
            while True:
                self._handle(await self._receive(socket))
        finally:
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)

    async def _send_queued(
        self, socket: aiohttp.ClientWebSocketResponse[bool], outgoing: asyncio.Queue[str]
    ) -> None:
        while True:
            await socket.send_str(await outgoing.get())

    async def _receive(self, socket: aiohttp.ClientWebSocketResponse[bool]) -> Message | None:
        """The next message; None for one that can't be read."""
        async with asyncio.timeout(SILENT_AFTER_S):
            received = await socket.receive()
        if received.type is not aiohttp.WSMsgType.TEXT:
            raise LinkLost(f"closed ({socket.close_code})")
        try:
            return control.decode_from_node(received.data)
        except MessageError as error:
            log.warning("media node message ignored", url=self.url, error=error.message)
            return None

    def _handle(self, message: Message | None) -> None:
        if isinstance(message, control.Heartbeat):
            self.heartbeat = message
        elif message is not None:
            try:
                self._owner.link_message(self, message)
            except Exception:  # one bad message must not cost a node
                log.exception("media node message failed", url=self.url, type=type(message).__name__)
