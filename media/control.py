"""A node's control address: the link of each server process, closed segments, health and metrics."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import logging
from collections.abc import Callable
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web
from prometheus_client import generate_latest

from media.announce import announcement
from media.fence import Fence
from media.metrics import NodeMetrics
from media.minutes import UnkeptMinutes
from media.owners import Owners, Seat
from media.protocol.codec import Message, MessageError, encode
from media.protocol.control import (
    CONTROL_PATH,
    AllowScreen,
    CloseRoom,
    Drain,
    Heartbeat,
    InRoom,
    Join,
    Leave,
    Node,
    Outdated,
    PeerAnswer,
    PeerCandidate,
    PeerError,
    PeerOffer,
    PeerSubscribe,
    QualityAck,
    QualityMinute,
    Record,
    Release,
    Seated,
    Seats,
    SegmentAck,
    Silence,
    decode_to_node,
)
from media.protocol.messages import FRAME_LIMIT
from media.recording.events import RecorderEvent
from media.recording.recorder import Recorder
from media.rooms.registry import Registry

LINK_QUEUE = 10_000  # messages; a server that reads nothing for this long is cut off
PING_S = 5.0
ROUND_MS = 600_000  # what nobody acknowledged is announced again so often

FOR_ROOMS = (InRoom, Seats, Release, CloseRoom)

log = logging.getLogger(__name__)


class ServerLink:
    """One server process on the line. `say` never blocks: a writer task empties the queue."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket
        self._queue: asyncio.Queue[Message] = asyncio.Queue(LINK_QUEUE)
        self._writer = asyncio.create_task(self._write())

    def say(self, message: Message) -> None:
        try:
            self._queue.put_nowait(message)
        except asyncio.QueueFull:
            self._writer.cancel()

    async def _write(self) -> None:
        with contextlib.suppress(ConnectionError):
            while True:
                await self._socket.send_str(encode(await self._queue.get()))

    async def close(self, code: int = WSCloseCode.OK) -> None:
        self._writer.cancel()
        await asyncio.gather(self._writer, return_exceptions=True)
        await self._socket.close(code=code)


class Control:
    """Takes what servers say to the node's rooms, and tells them what happens there."""

    def __init__(
        self,
        secret: str,
        introduction: Callable[[], Node],
        pulse: Callable[[], Heartbeat],
        registry: Registry,
        recorder: Recorder,
        metrics: NodeMetrics,
        clock: Callable[[], float],
        wall_ms: Callable[[], int],
    ) -> None:
        self._secret = secret
        self._introduction = introduction
        self._pulse = pulse
        self._registry = registry
        self._recorder = recorder
        self._metrics = metrics
        self._clock = clock
        self._wall_ms = wall_ms
        self._round = self._this_round()
        self._links: set[ServerLink] = set()
        self._owners: Owners[ServerLink] = Owners()
        self._fence = Fence()
        self._minutes = UnkeptMinutes(wall_ms)
        self.draining = False
        self._table = self._handlers()

    def _handlers(self) -> dict[type[Message], Callable[[ServerLink, Any], None]]:
        registry = self._registry
        return {
            Join: self._join,
            Leave: lambda _, message: self._give_up((message.room, message.participant)),
            Seats: self._seats,
            Release: lambda link, message: self._owners.lose(link, self._clock(), message.room),
            CloseRoom: self._close_room,
            Drain: self._drain,
            PeerOffer: lambda _, message: registry.peer(message).receive_offer(message),
            PeerAnswer: lambda _, message: registry.peer(message).receive_answer(message),
            PeerCandidate: lambda _, message: registry.peer(message).receive_candidate(message),
            PeerSubscribe: lambda _, message: registry.peer(message).subscribe(message),
            AllowScreen: lambda _, message: registry.allow_screen(message),
            Silence: lambda _, message: registry.silence(message),
            Record: lambda _, message: registry.record(message),
            SegmentAck: lambda _, message: self._recorder.delete(message.segment),
            QualityAck: lambda _, message: self._minutes.forget(message.id),
        }

    # --- what the node says

    def say(self, message: Message) -> None:
        """To the link that owns the participant; what nobody owns (segments) goes to all."""
        owner = None
        if isinstance(message, InRoom):
            owner = self._owners.of((message.room, message.participant))
        for link in (owner,) if owner else tuple(self._links):
            link.say(message)

    def keep(self, minute: QualityMinute) -> None:
        """Say it now, and again until a server has it."""
        self._minutes.add(minute)
        self.say(self._minutes.dated(minute))

    def announce(self, event: RecorderEvent) -> None:
        """To every server, since each can fetch; the round tells them that it is one announcement."""
        message = announcement(event, self._this_round())
        for link in tuple(self._links):
            link.say(message)

    def beat(self) -> None:
        """What is due every other second."""
        pulse = self._pulse()
        for link in self._links:
            link.say(pulse)
        for seat in self._owners.unclaimed(self._clock()):
            self._give_up(seat)
        if self._round != self._this_round():
            self._round = self._this_round()
            for segment in self._recorder.pending():
                self.announce(segment)
            for minute in self._minutes.waiting():
                self.say(minute)

    def _this_round(self) -> int:
        return self._wall_ms() // ROUND_MS

    # --- what a server says

    def _join(self, link: ServerLink, message: Join) -> None:
        room, participant = message.room, message.participant
        link.say(Seated(room=room, participant=participant, fresh=not self._registry.knows(message)))
        self._owners.take((room, participant), link)
        self._registry.join(message)

    def _give_up(self, seat: Seat) -> None:
        self._owners.drop(seat)
        self._registry.leave(Leave(room=seat[0], participant=seat[1]))

    def _seats(self, _: ServerLink, message: Seats) -> None:
        for seat in self._owners.strangers(message.room, message.participants):
            self._give_up(seat)

    def _close_room(self, _: ServerLink, message: CloseRoom) -> None:
        self._owners.drop_room(message.room)
        self._registry.close_room(message.room)

    def _drain(self, _: ServerLink, message: Drain) -> None:
        self.draining = message.on

    def _take(self, link: ServerLink, text: str) -> None:
        try:
            message = decode_to_node(text)
        except MessageError as error:
            log.warning("control message refused: %s (%s)", error.message, error.re)
            return
        if isinstance(message, FOR_ROOMS) and not self._fence.admits(message.room, message.home):
            link.say(Outdated(room=message.room, home=self._fence.home(message.room)))
            return
        try:
            self._table[type(message)](link, message)
        except MessageError as error:
            link.say(_refusal(message, error))

    # --- HTTP

    def application(self) -> web.Application:
        app = web.Application()
        app.add_routes(
            [
                web.get(CONTROL_PATH, self._link),
                web.get("/segments/{id}", self._segment),
                web.get("/healthz", self._healthz),
                web.get("/readyz", self._healthz),
                web.get("/metrics", self._scrape),
            ]
        )
        app.on_shutdown.append(self._close_links)
        return app

    def _authenticate(self, request: web.Request) -> None:
        given = request.headers.get("Authorization", "").encode()
        if not hmac.compare_digest(given, f"Bearer {self._secret}".encode()):
            raise web.HTTPUnauthorized(text="The control secret is missing or wrong.")

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        self._authenticate(request)
        socket = web.WebSocketResponse(heartbeat=PING_S, max_msg_size=FRAME_LIMIT, compress=False)
        await socket.prepare(request)
        link = ServerLink(socket)
        self._links.add(link)
        self._introduce(link)
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    self._take(link, frame.data)
        finally:
            self._links.discard(link)
            self._owners.lose(link, self._clock())
            await link.close()
        return socket

    def _introduce(self, link: ServerLink) -> None:
        link.say(self._introduction())
        link.say(self._pulse())
        for segment in self._recorder.pending():
            link.say(announcement(segment, self._round))
        for minute in self._minutes.waiting():
            link.say(minute)

    async def _segment(self, request: web.Request) -> web.StreamResponse:
        self._authenticate(request)
        path = self._recorder.path(request.match_info["id"])
        if path is None:
            raise web.HTTPNotFound(text="There is no such segment here.")
        return web.FileResponse(path)

    async def _healthz(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _scrape(self, _: web.Request) -> web.Response:
        return web.Response(body=generate_latest(self._metrics.registry), content_type="text/plain")

    async def _close_links(self, _: web.Application) -> None:
        """Servers move our rooms at once: they need not wait whether we come back."""
        await asyncio.gather(*(link.close(WSCloseCode.GOING_AWAY) for link in self._links))


def _refusal(message: Message, error: MessageError) -> PeerError:
    """Only what is for one participant is refused: this node does not know them."""
    assert isinstance(message, InRoom)
    return PeerError(
        room=message.room, participant=message.participant, code=error.code, message=error.message
    )
