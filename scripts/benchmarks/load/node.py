"""Our media node: started as it is shipped, spoken to over its control link."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiohttp

from scripts.benchmarks.load.description import read, write_answer, write_offer
from scripts.benchmarks.load.peer import LoadPeer

SECRET = "benchmark-secret-of-thirty-two-bytes"
READY_WITHIN_S = 20.0


def start_node(
    data_dir: Path, host: str, prefix: Sequence[str] = (), command: Sequence[str] = ("-m", "media")
) -> tuple[subprocess.Popen[str], str]:
    """The process and its control URL. `prefix` runs it elsewhere, such as in a namespace."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PEERLEARN_")}
    environ = kept | {
        "PEERLEARN_DATA_DIR": str(data_dir),
        "PEERLEARN_MEDIA_BIND": host,
        "PEERLEARN_MEDIA_ADVERTISED_IPS": host,
        "PEERLEARN_MEDIA_CONTROL_BIND": f"{host}:0",
        "PEERLEARN_MEDIA_CONTROL_SECRET": SECRET,
    }
    process = subprocess.Popen(
        [*prefix, sys.executable, *command],
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline())["ready"]
    return process, ready["control_url"]


class NodeCalls:
    """Implements `Calls`: one control link, one transport for both directions of a participant."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._http = aiohttp.ClientSession(headers={"Authorization": f"Bearer {SECRET}"})
        self._peers: dict[tuple[str, str], LoadPeer] = {}
        self._connected: dict[tuple[str, str], asyncio.Event] = {}
        self._offered: dict[tuple[str, str], int] = {}  # sections that the node sends in
        self._news = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self, control_url: str) -> NodeCalls:
        self._socket = await self._http.ws_connect(control_url + "/control", max_msg_size=0)
        self._reader = asyncio.create_task(self._read())
        return self

    async def publish(self, room: str, name: str) -> LoadPeer:
        peer = await self._join(room, name)
        offer = {"type": "offer", "sdp": write_offer(peer.local)}
        await self._say(room, name, type="offer", offer=offer)
        await self._settled(room, name)
        return peer

    async def watch(self, room: str, name: str, publishers: list[str]) -> LoadPeer:
        peer = self._peers.get((room, name)) or await self._join(room, name)
        await self._settled(room, name)
        async with asyncio.timeout(READY_WITHIN_S):
            async with self._news:
                await self._news.wait_for(
                    lambda: self._offered.get((room, name), 0) >= 2 * len(publishers)
                )
        return peer

    async def record(self, room: str, name: str, origin_ms: int) -> None:
        """Have the node write what the participant publishes."""
        order = {"recording": f"recording-of-{room}", "origin_ms": origin_ms, "on": True}
        await self._say(room, name, type="record", **order)

    async def leave(self, room: str, name: str) -> None:
        """Give the seat up, and all that this side has of it."""
        await self._say(room, name, type="leave")
        await self._peers.pop((room, name)).close()

    async def close(self) -> None:
        for room in {room for room, _ in self._peers}:
            await self._socket.send_str(json.dumps({"type": "close-room", "room": room}))
        for peer in self._peers.values():
            await peer.close()
        await self._socket.close()
        await self._reader
        await self._http.close()

    async def _join(self, room: str, name: str) -> LoadPeer:
        peer = self._peers[room, name] = LoadPeer(self._host)
        self._connected[room, name] = asyncio.Event()
        await self._say(room, name, type="join")
        return peer

    async def _settled(self, room: str, name: str) -> None:
        async with asyncio.timeout(READY_WITHIN_S):
            await self._connected[room, name].wait()

    async def _say(self, room: str, name: str, **message: Any) -> None:
        await self._socket.send_str(json.dumps({"room": room, "participant": name, **message}))

    async def _read(self) -> None:
        async for frame in self._socket:
            message = json.loads(frame.data)
            if message["type"] == "error":
                raise RuntimeError(f"the node refused: {message}")
            if message["type"] in ("offer", "answer"):
                task = asyncio.create_task(self._take(message))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _take(self, message: dict[str, Any]) -> None:
        room, name = message["room"], message["participant"]
        peer = self._peers.get((room, name))
        if peer is None:
            return  # it left meanwhile
        remote = read(message[message["type"]]["sdp"])
        if message["type"] == "offer":
            answer = {"type": "answer", "sdp": write_answer(peer.local, remote.description)}
            await self._say(room, name, type="answer", answer=answer)
            async with self._news:
                self._offered[room, name] = sum(part.sends for part in remote.description.sections)
                self._news.notify_all()
        await peer.connect(remote)
        self._connected[room, name].set()
