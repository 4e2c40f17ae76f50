"""A room server for tests of the page: the template, the static files and the room socket, no database.

It speaks the contract's room socket for one browser at a time per seat; the test moves the room by
calling its methods and reads what the browser sent from `received`.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from aiohttp import WSMsgType, web

from server.classroom.consent_text import CURRENT
from tests.chromium import PATIENCE_MS
from tests.web.pages import environment, for_every_page
from tests.web.room_lesson import OURS, LessonMock
from tests.web.room_media import MediaPeer, Person
from web import STATIC

SESSION = "5f0c7a52-3a3e-4d0b-9c9e-0d9b6f7f1c11"
TITLE = "Reading jazz harmony at the piano"
CSRF = "token-of-the-page"
NONCE = "bm9uY2U"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de000"
    "0000c49444154789c634868280000029401514e55288b0000000049454e44ae426082"
)
# As the server's own, so that the page can't rely on what it forbids.
POLICY = (
    f"default-src 'self'; script-src 'self' 'nonce-{NONCE}'; style-src 'self' 'nonce-{NONCE}'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; worker-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def instant(minutes: float) -> str:
    """RFC 3339, that many minutes from now."""
    return (datetime.now(UTC) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class RoomMock:
    """State that a test sets before or while a browser is in the room."""

    role: str = "learner"
    people: list[Person] = field(default_factory=list)
    chat: list[dict[str, Any]] = field(default_factory=list)
    live: bool = True
    recording: str = "waiting_consent"
    consent: bool | None = None
    minutes_left: float = 32.5
    refuse_with: tuple[int, str] | None = None  # close code and words of the error before it
    refuse_as: str = ""  # code of that error
    media_works: bool = True
    collide: bool = False  # the next offer of the browser crosses one of ours
    own_name: str = "Ana Ruiz"
    may_share: bool = True
    waits: bool = False  # admission is on: `waiting` comes, and `let_in` lets in
    house: dict[str, Any] = field(default_factory=dict)  # of the room's state: locked, sharer, queue
    at_hand: dict[str, Any] = field(default_factory=dict)  # the lobby's: check, materials
    files: list[dict[str, Any]] = field(default_factory=list)  # uploaded; answered one after the other
    file_refused: str = ""  # words of the refusal
    received: list[dict[str, Any]] = field(default_factory=list)
    joins: list[dict[str, str]] = field(default_factory=list)  # query of each opened socket
    posts: list[tuple[str, str]] = field(default_factory=list)  # path and CSRF token
    lesson: LessonMock = field(default_factory=LessonMock)
    peer: MediaPeer | None = None
    peers_made: int = 0
    socket: web.WebSocketResponse | None = None
    port: int = 0
    _connection: str = ""
    _sending: set[asyncio.Future[None]] = field(default_factory=set)
    _heard: asyncio.Condition = field(default_factory=asyncio.Condition)
    _runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/sessions/{SESSION}/room"

    # --- life

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/sessions/{id}/room", self._page)
        app.router.add_get("/ws/session/{id}/", self._room)
        app.router.add_post("/api/v1/sessions/{id}/room/files", self._file)
        app.router.add_get("/api/v1/sessions/{id}/room/files/{file}", self._picture)
        app.router.add_post("/api/v1/sessions/{id}/{action}", self._lesson)
        app.router.add_static("/static", STATIC)
        self._runner = web.AppRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        await self.drop()
        if self.peer:
            await self.peer.close()
        if self._runner:
            await self._runner.cleanup()

    # --- what a test does

    def send(self, message: dict[str, Any]) -> None:
        if self.socket and not self.socket.closed:
            sending = asyncio.ensure_future(self.socket.send_str(json.dumps(message)))
            self._sending.add(sending)
            sending.add_done_callback(self._sending.discard)

    async def drop(self, code: int = 1011) -> None:
        """Close the socket from our side, after what was said."""
        if self.socket:
            await asyncio.gather(*self._sending)
            await self.socket.close(code=code)

    async def heard(self, kind: str, count: int = 1, **fields: Any) -> dict[str, Any]:
        """The `count`-th message of that type (with those fields), waited for."""

        def found() -> list[dict[str, Any]]:
            return [
                one
                for one in self.received
                if one["type"] == kind and all(one.get(name) == value for name, value in fields.items())
            ]

        async with self._heard:
            await asyncio.wait_for(
                self._heard.wait_for(lambda: len(found()) >= count), PATIENCE_MS / 1000
            )
        return found()[count - 1]

    async def show(self, *people: Person) -> None:
        """These are the others from now on: say so, and offer their tracks."""
        before = {one.id for one in self.people}
        self.people = list(people)
        for one in people:
            kind = "participant-updated" if one.id in before else "participant-joined"
            self.send({"type": kind, "participant": one.shown()})
        for gone in before - {one.id for one in people}:
            self.send({"type": "participant-left", "participant": {"id": gone}})
        if self.peer and self.media_works:
            await self.peer.deliver(self.people)

    # --- HTTP

    async def _page(self, request: web.Request) -> web.Response:
        context = {
            **for_every_page(None, request.path),
            "csrf_token": CSRF,
            "csp_nonce": NONCE,
            "session": SimpleNamespace(title=TITLE, mentor=SimpleNamespace(name="Maya Chen")),
            "room": self._data(),
        }
        page = environment().get_template("classroom/room.html").render(context)
        return web.Response(
            text=page, content_type="text/html", headers={"Content-Security-Policy": POLICY}
        )

    def _data(self) -> dict[str, Any]:
        return {
            "session_id": SESSION,
            "ws_url": f"/ws/session/{SESSION}/",
            "starts_at": instant(self.minutes_left - 45),
            "ends_at": instant(self.minutes_left),
            "recording": "off" if self.recording == "off" else "auto",
            "mentor": "Maya Chen",
            "name": self.own_name,
            "role": self.role,
            "opens_at": instant(self.minutes_left - 60),
            "session_url": f"/sessions/{SESSION}",
            "summary_url": f"/sessions/{SESSION}/summary",
            "consent": self.consent,
            "consent_text": asdict(CURRENT),
            "recording_problem": "",
            **self.at_hand,
        }

    async def _lesson(self, request: web.Request) -> web.Response:
        self.posts.append((request.match_info["action"], request.headers.get("X-CSRF-Token", "")))
        if request.match_info["action"] == "end":
            self.send(
                {"type": "ended", "reason": "mentor", "summary_url": f"/sessions/{SESSION}/summary"}
            )
        return web.json_response({"success": True, "data": None, "message": "OK"})

    async def _file(self, request: web.Request) -> web.Response:
        part = (await request.post())["file"]
        assert isinstance(part, web.FileField)
        assert request.headers["X-CSRF-Token"] == CSRF
        if self.file_refused:
            refused = {"success": False, "code": "invalid", "message": self.file_refused}
            return web.json_response(refused, status=422)
        number = f"f{len(self.files) + 1}"
        url = f"/api/v1/sessions/{SESSION}/room/files/{number}"
        size = len(part.file.read())
        about = {"id": number, "name": part.filename, "size": size, "url": url}
        self.files.append({**about, "media_type": part.content_type})
        return web.json_response({"success": True, "data": self.files[-1], "message": "OK"})

    async def _picture(self, request: web.Request) -> web.Response:
        return web.Response(body=PIXEL, content_type="image/png")

    # --- the room socket

    async def _room(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        self.joins.append(dict(request.query))
        if self.refuse_with:
            code, words = self.refuse_with
            code_of_error = self.refuse_as or "refused"
            await socket.send_json({"type": "error", "code": code_of_error, "message": words})
            await socket.close(code=code)
            return socket
        self.socket = socket
        if self.waits:
            await socket.send_json({"type": "waiting"})
        else:
            await socket.send_json(self._joined())
            self._teach()
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                await self._receive(json.loads(frame.data))
        return socket

    @property
    def state(self) -> dict[str, Any]:
        return {"live": self.live, "recording": self.recording, "locked": False, **self.house}

    def change(self, **house: Any) -> None:
        """What holds for the whole room is otherwise from now on."""
        self.house |= house
        self.send({"type": "room", "state": self.state})

    def let_in(self) -> None:
        self.waits = False
        self.send(self._joined())
        self._teach()

    def _teach(self) -> None:
        """What the lesson is taught with, as `me` may see it."""
        self.lesson.seat("me", self.own_name, self.role, hear=self.send)
        for one in self.people:
            if one.id not in self.lesson.members:
                self.lesson.seat(one.id, one.name, one.role)
        self.lesson.greet()

    def _joined(self) -> dict[str, Any]:
        media = {"camera": False, "microphone": False, "screen": False}
        own = {"id": "me", "name": self.own_name, "role": self.role, "media": media, "hand": False}
        own["may_share"] = self.may_share or self.role != "learner"
        return {
            "type": "joined",
            "protocol": 1,
            "self": own,
            "participants": [one.shown() for one in self.people],
            "ice_servers": [],
            "chat": self.chat,
            "state": self.state,
            "resume": f"resume-{len(self.joins)}",
            "consent": self.consent,
            "ends_at": instant(self.minutes_left),
        }

    async def _receive(self, message: dict[str, Any]) -> None:
        answer = getattr(self, f"_on_{message['type'].replace('-', '_')}", None)
        if message["type"] in OURS:
            await self.lesson.take("me", message)
        if answer:
            await answer(message)
        async with self._heard:
            self.received.append(message)
            self._heard.notify_all()

    async def _on_ping(self, message: dict[str, Any]) -> None:
        self.send({"type": "pong", "t": message.get("t")})

    async def _on_offer(self, message: dict[str, Any]) -> None:
        if not self.media_works:
            return
        if message["connection"] != self._connection:
            await self._new_peer(message["connection"])
        peer = self.peer
        assert peer is not None
        first = not peer.labels
        if self.collide:
            self.collide = False
            await peer.offer()
        await peer.offered(message)
        if first and self.people:
            await peer.deliver(self.people)

    async def _on_answer(self, message: dict[str, Any]) -> None:
        if self.peer:
            await self.peer.answered(message)

    async def _on_chat(self, message: dict[str, Any]) -> None:
        handed = [one for one in self.files if one["id"] in message.get("files", [])]
        more = {name: message[name] for name in ("to", "reply_to") if name in message}
        self.say("me", self.own_name, message["text"], files=handed, **more)

    async def _on_recording(self, message: dict[str, Any]) -> None:
        if "consent" in message:
            self.consent = message["consent"]
            self.recording = "recording" if self.consent else "waiting_consent"
        if "action" in message:
            done = {"pause": "paused", "resume": "recording", "stop": "finalising"}
            self.recording = done[message["action"]]
        self.send({"type": "recording", "state": self.recording, "live": self.live})

    async def _on_chat_remove(self, message: dict[str, Any]) -> None:
        self.send({"type": "chat-removed", "id": message["id"]})

    def say(self, sender: str, name: str, text: str, minutes_ago: float = 0, **more: Any) -> None:
        """A line of chat, kept and sent."""
        seq = len(self.chat) + 1
        line = {"type": "chat", "id": f"c{seq}", "seq": seq, "from": sender, "name": name, "text": text}
        self.chat.append({**line, "at": instant(-minutes_ago), **more})
        self.send(self.chat[-1])

    async def _new_peer(self, connection: str) -> None:
        if self.peer:
            await self.peer.close()
        self._connection = connection
        self.peers_made += 1
        self.peer = MediaPeer(send=self.send)
