"""The link to one media node: dialled by us, dialled again for as long as the node is listed.

A dropped link whose redials fail for a second is a dead node; so is, at once, one that says it stops, and
a host that has fallen silent, found by its missing heartbeats.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

import aiohttp
import structlog

from media.protocol import control
from media.protocol.checking import is_check
from media.protocol.codec import Message, MessageError, encode
from media.protocol.messages import FRAME_LIMIT
from server.classroom.joins import Joins
from server.classroom.placement import DISK_NEEDED, Candidate

SILENT_AFTER_S = 6.0  # three heartbeats
DEAD_AFTER_S = 1.0  # of failed redials
REDIAL_FIRST_S = 0.05
REDIAL_MAX_S = 2.0
DIAL_TIMEOUT_S = 3.0

log = structlog.get_logger()


class LinkLost(Exception):
    """The node closed the link, or does not speak our language."""


class Gone(LinkLost):
    """The node said that it stops, or nothing came for so long that its host must be gone."""


class LinkOwner(Protocol):
    """Who uses the links; all calls come from the event loop and must not block."""

    def link_ready(self, link: NodeLink) -> None: ...

    def link_dead(self, link: NodeLink) -> None: ...

    def link_beat(self, link: NodeLink) -> None: ...

    def link_message(self, link: NodeLink, message: Message) -> None: ...


class NodeLink:
    """One node's control socket. `node` is what it said of itself last, also when it is away.

    `dead`: it was tried for long enough. `placed` counts rooms that its last heartbeat does not know."""

    def __init__(self, url: str, secret: str, http: aiohttp.ClientSession, owner: LinkOwner) -> None:
        self.url = url
        self.node: control.Node | None = None
        self.heartbeat: control.Heartbeat | None = None
        self.joins = Joins()
        self.dead = False
        self.placed = 0
        self._secret = secret
        self._http = http
        self._owner = owner
        self._up = False
        self._clock = asyncio.get_running_loop().time
        self._lost_at = self._clock()
        self._outgoing: asyncio.Queue[str] = asyncio.Queue()

    @property
    def epoch(self) -> str | None:
        """Differs for each start of the node's process; None while there is no connection."""
        return self.node.epoch if self.node is not None and self._up else None

    @property
    def node_id(self) -> str:
        """Its name; its address while we never reached it."""
        return self.node.id if self.node is not None else self.url.partition("://")[2]

    def holds(self, room: str) -> bool:
        """Whether the node had the room when we were linked."""
        return self.node is not None and room in self.node.rooms

    @property
    def short_of_disk(self) -> bool:
        """By its last heartbeat."""
        return self.heartbeat is not None and self.heartbeat.disk_free_bytes < DISK_NEEDED

    def candidate(self, *, draining: bool) -> Candidate[NodeLink]:
        """How fit the node is for one more room."""
        beat = self.heartbeat
        return Candidate(
            node=self,
            stress=beat.stress if beat else 0.0,
            rooms=(beat.rooms if beat else 0) + self.placed,
            disk_free=beat.disk_free_bytes if beat else None,
            draining=draining,
            failing=self.joins.failing(self._clock()),
        )

    def send(self, message: Message) -> bool:
        """Queue `message`; False when there is no connection."""
        if not self._up:
            return False
        self._note(message)
        self._outgoing.put_nowait(encode(message))
        return True

    def _note(self, message: Message) -> None:
        """What is sent tells who is expected to connect. Checks are no joins: they may well fail."""
        if is_check(getattr(message, "room", "")):
            return
        if isinstance(message, control.PeerOffer):
            self.joins.offered((message.room, message.participant), self._clock())
        elif isinstance(message, control.Leave):
            self.joins.gone((message.room, message.participant))
        elif isinstance(message, control.CloseRoom | control.Release):
            self.joins.closed(message.room)

    async def run(self) -> None:
        """Keep the link up until cancelled."""
        pause = REDIAL_FIRST_S
        while True:
            reached, gone = await self._talk()
            if reached:
                pause, self._lost_at = REDIAL_FIRST_S, self._clock()
            if not self.dead and (gone or self._clock() - self._lost_at >= DEAD_AFTER_S):
                self.dead = True
                self.joins.died(self._clock())
                self._owner.link_dead(self)
            await asyncio.sleep(pause)
            pause = min(REDIAL_MAX_S, pause * 2)

    async def _talk(self) -> tuple[bool, bool]:
        """Dial and converse until the link drops; whether the node was reached, and is gone."""
        reached = gone = False
        try:
            socket = await self._dial()
            try:
                await self._converse(socket)
            finally:
                reached, self._up, self.heartbeat = self._up, False, None
                await socket.close()
        except (aiohttp.ClientError, OSError, TimeoutError, LinkLost) as error:
            gone = isinstance(error, Gone)
            log.warning("no link to media node", url=self.url, reached=reached, error=str(error))
        return reached, gone

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
        self.node, self._outgoing = hello, asyncio.Queue()
        self._up, self.dead, self.placed = True, False, 0
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
        try:
            async with asyncio.timeout(SILENT_AFTER_S):
                received = await socket.receive()
        except TimeoutError as error:
            raise Gone(f"nothing heard for {SILENT_AFTER_S:.0f} s") from error
        if received.type is not aiohttp.WSMsgType.TEXT:
            stops = socket.close_code == aiohttp.WSCloseCode.GOING_AWAY
            raise (Gone if stops else LinkLost)(f"closed ({socket.close_code})")
        try:
            return control.decode_from_node(received.data)
        except MessageError as error:
            log.warning("media node message ignored", url=self.url, error=error.message)
            return None

    def _handle(self, message: Message | None) -> None:
        try:
            self._act(message)
        except Exception:  # one bad message must not cost a node
            log.exception("media node message failed", url=self.url, type=type(message).__name__)

    def _act(self, message: Message | None) -> None:
        if isinstance(message, control.Heartbeat):
            self.heartbeat, self.placed = message, 0
            self._owner.link_beat(self)
            return
        if message is not None:
            self._note_heard(message)
            self._owner.link_message(self, message)

    def _note_heard(self, message: Message) -> None:
        if is_check(getattr(message, "room", "")):
            return
        if isinstance(message, control.PeerConnected):
            self.joins.connected((message.room, message.participant))
        elif isinstance(message, control.PeerDisconnected):
            self.joins.gone((message.room, message.participant))
