"""Participants without a browser: the room socket as any client speaks it, media from a film.

Run as a process it reads a JSON list of pairs on one line, a room socket's address and a login's token,
seats a guest at each, says so, and stays until its input ends."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import aiohttp
import uvloop

from scripts.benchmarks.load.description import read, write_answer
from scripts.benchmarks.load.peer import LoadPeer
from scripts.benchmarks.viewers.publisher import LayeredPublisher, layered_offer, with_layers_in
from scripts.benchmarks.viewers.recorded import Layer, film, sound

HOST = "127.0.0.1"
LABELS = {"0": {"source": "microphone"}, "1": {"source": "camera"}}
SENT = 2  # layers: the top one is of no use to tiles of this size
SHOWN_WIDTH = 320  # device pixels: one tile of sixteen
CONNECTED_WITHIN_S = 30.0


class Guest:
    """Publishes camera and microphone, and takes everybody else's as small tiles."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._peer = LayeredPublisher(HOST)
        self._rids: list[str] = []
        self._connected = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None

    @property
    def peer(self) -> LoadPeer:
        return self._peer

    async def come_in(self, layers: tuple[Layer, ...], voice: tuple[bytes, ...]) -> None:
        self._rids = [layer.rid for layer in layers]
        self._reader = asyncio.create_task(self._read())
        offer = {"type": "offer", "sdp": layered_offer(self._peer, self._rids)}
        await self._say(type="offer", offer=offer, tracks=LABELS)
        await self._say(type="media", camera=True, microphone=True, screen=False)
        async with asyncio.timeout(CONNECTED_WITHIN_S):
            await self._connected.wait()
        self._peer.start(layers, voice)

    async def leave(self) -> None:
        await self._socket.close()
        if self._reader is not None:
            await asyncio.gather(self._reader, return_exceptions=True)
        await self._peer.close()

    async def _say(self, **message: Any) -> None:
        await self._socket.send_str(json.dumps(message))

    async def _read(self) -> None:
        async for frame in self._socket:
            message = json.loads(frame.data)
            kind = message["type"]
            if kind == "joined":
                for one in message["participants"]:
                    await self._show(one["id"])
            elif kind == "participant-joined":
                await self._show(message["participant"]["id"])
            elif kind == "answer":
                await self._peer.connect(read(message["answer"]["sdp"]))
                self._connected.set()
            elif kind == "offer":
                await self._take(message["offer"]["sdp"])

    async def _show(self, participant: str) -> None:
        await self._say(
            type="subscribe", participant=participant, source="camera", quality="auto", width=SHOWN_WIDTH
        )

    async def _take(self, sdp: str) -> None:
        answer = write_answer(self._peer.local, read(sdp).description)
        layered = with_layers_in(answer, "1", self._rids)
        await self._say(type="answer", answer={"type": "answer", "sdp": layered})


async def main() -> None:
    loop = asyncio.get_running_loop()
    seats = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
    layers, voice = film()[:SENT], sound()
    async with aiohttp.ClientSession() as http:
        guests = []
        for address, token in seats:
            headers = {"Authorization": f"Bearer {token}"}
            guests.append(Guest(await http.ws_connect(address, headers=headers, max_msg_size=0)))
            await guests[-1].come_in(layers, voice)
        print("seated", flush=True)
        await loop.run_in_executor(None, sys.stdin.read)
        for guest in guests:
            await guest.leave()


if __name__ == "__main__":
    uvloop.run(main())
