"""Janus with its video room, as the distribution ships it, configured for forwarding alone."""

from __future__ import annotations

import asyncio
import itertools
import secrets
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiohttp

from scripts.benchmarks.load.description import read, write_answer, write_offer
from scripts.benchmarks.load.peer import LoadPeer

PORT = 8188
LIBRARIES = "/usr/lib/*/janus"
OTHER_PLUGINS = (
    "audiobridge duktape echotest lua nosip recordplay sip streaming textroom videocall voicemail"
)
OTHER_TRANSPORTS = "http mqtt nanomsg pfunix rabbitmq"
VIDEOROOM = "janus.plugin.videoroom"
PICTURE_SETTLES_S = 0.3  # DTLS that comes before libnice has selected its pair is lost
READY_WITHIN_S = 20.0


def _configure(folder: Path, port: int, event_loops: int) -> None:
    libraries = next(Path("/").glob(LIBRARIES.lstrip("/")))
    plugins = ",".join(f"libjanus_{name}.so" for name in OTHER_PLUGINS.split())
    transports = ",".join(f"libjanus_{name}.so" for name in OTHER_TRANSPORTS.split())
    folder.mkdir(parents=True)
    (folder / "janus.jcfg").write_text(
        f"""general: {{
  configs_folder = "{folder}"
  plugins_folder = "{libraries}/plugins"
  transports_folder = "{libraries}/transports"
  events_folder = "{libraries}/events"
  loggers_folder = "{libraries}/loggers"
  debug_level = 2
  debug_colors = false
  session_timeout = 0
  {f"event_loops = {event_loops}" if event_loops else ""}
}}
nat: {{ ice_lite = true  full_trickle = false }}
plugins: {{ disable = "{plugins}" }}
transports: {{ disable = "{transports}" }}
events: {{ broadcast = false }}
"""
    )
    (folder / "janus.transport.websockets.jcfg").write_text(
        f'general: {{ json = "compact"  ws = true  ws_port = {port}  wss = false }}\n'
        "admin: { admin_ws = false }\n"
    )
    (folder / "janus.plugin.videoroom.jcfg").write_text("general: { }\n")


def start_janus(
    folder: Path, host: str, event_loops: int, prefix: Sequence[str] = ()
) -> tuple[subprocess.Popen[bytes], str]:
    """The process and its WebSocket URL. `event_loops` 0 is a thread per peer."""
    port = PORT + event_loops
    _configure(folder, port, event_loops)
    with (folder / "janus.log").open("wb") as log:
        process = subprocess.Popen(
            [*prefix, "janus", "-F", str(folder)], stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    return process, f"ws://{host}:{port}"


class JanusError(Exception):
    """Janus said no."""


class _Handle:
    """One attached plugin: a seat that publishes, or one that watches."""

    def __init__(self, calls: JanusCalls, id: int) -> None:
        self._calls = calls
        self._id = id

    async def send(self, jsep: dict[str, str] | None = None, **body: Any) -> dict[str, Any]:
        extra = {"jsep": jsep} if jsep else {}
        return await self._calls.ask("message", handle_id=self._id, body=body, **extra)


class JanusCalls:
    """Implements `Calls`: a transport for what a participant sends and another for what it gets."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._http = aiohttp.ClientSession()
        self._session: int | None = None
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._rooms: dict[str, int] = {}
        self._numbers = itertools.count(secrets.randbits(20))
        self._feeds: dict[tuple[str, str], int] = {}
        self._peers: list[LoadPeer] = []

    async def open(self, url: str) -> JanusCalls:
        async with asyncio.timeout(READY_WITHIN_S):
            while True:
                try:
                    self._socket = await self._http.ws_connect(url, protocols=["janus-protocol"])
                    break
                except aiohttp.ClientError:
                    await asyncio.sleep(0.1)
        self._reader = asyncio.create_task(self._read())
        self._session = (await self.ask("create"))["data"]["id"]
        return self

    async def publish(self, room: str, name: str) -> LoadPeer:
        handle = await self._attach()
        number = await self._room(handle, room)
        joined = await handle.send(request="join", ptype="publisher", room=number, display=name)
        self._feeds[room, name] = joined["plugindata"]["data"]["id"]
        peer = self._peer()
        offer = {"type": "offer", "sdp": write_offer(peer.local)}
        done = await handle.send(offer, request="publish", audiocodec="opus", videocodec="vp8")
        await asyncio.sleep(PICTURE_SETTLES_S)
        await peer.connect(read(done["jsep"]["sdp"]))
        return peer

    async def watch(self, room: str, name: str, publishers: list[str]) -> LoadPeer:
        handle = await self._attach()
        streams = [{"feed": self._feeds[room, publisher]} for publisher in publishers]
        offer = await self._subscribe(handle, self._rooms[room], streams)
        peer = self._peer()
        remote = read(offer["jsep"]["sdp"])
        answer = {"type": "answer", "sdp": write_answer(peer.local, remote.description)}
        await handle.send(answer, request="start")
        await asyncio.sleep(PICTURE_SETTLES_S)
        await peer.connect(remote)
        return peer

    async def close(self) -> None:
        for peer in self._peers:
            await peer.close()
        await self.ask("destroy")
        await self._socket.close()
        await self._reader
        await self._http.close()

    async def ask(self, request: str, **fields: Any) -> dict[str, Any]:
        """The answer to a request: of a plugin's message its event, not the acknowledgement."""
        transaction = secrets.token_hex(6)
        session = {} if self._session is None else {"session_id": self._session}
        future = self._answers[transaction] = asyncio.get_running_loop().create_future()
        message = {"janus": request, "transaction": transaction, **session, **fields}
        await self._socket.send_json(message)
        async with asyncio.timeout(READY_WITHIN_S):
            answer: dict[str, Any] = await future
        data = answer.get("plugindata", {}).get("data", {})
        if answer["janus"] == "error" or "error_code" in data:
            raise JanusError(str(answer.get("error") or data))
        return answer

    def _peer(self) -> LoadPeer:
        peer = LoadPeer(self._host)
        self._peers.append(peer)
        return peer

    async def _attach(self) -> _Handle:
        return _Handle(self, (await self.ask("attach", plugin=VIDEOROOM))["data"]["id"])

    async def _room(self, handle: _Handle, room: str) -> int:
        if room not in self._rooms:
            number = self._rooms[room] = next(self._numbers)
            await handle.send(request="create", room=number, publishers=50, bitrate=0, videocodec="vp8")
        return self._rooms[room]

    async def _subscribe(self, handle: _Handle, room: int, streams: list[Any]) -> dict[str, Any]:
        """A feed is there once the publisher's DTLS is (error 428 before)."""
        for _ in range(20):
            try:
                return await handle.send(request="join", ptype="subscriber", room=room, streams=streams)
            except JanusError as error:
                if "428" not in str(error):
                    raise
                await asyncio.sleep(0.1)
        raise JanusError("the feeds did not appear")

    async def _read(self) -> None:
        async for frame in self._socket:
            message = frame.json()
            if message["janus"] in ("ack", "webrtcup", "media", "slowlink", "hangup", "timeout"):
                continue
            future = self._answers.pop(message.get("transaction", ""), None)
            if future is not None and not future.done():
                future.set_result(message)
