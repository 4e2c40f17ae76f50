"""Somebody in a room over the room socket, with a plain aiortc client."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import Any

import aiohttp

from tests.e2e.platform import Person
from tests.media.client import PlainClient
from tests.media.relay import Relay


class Caller:
    """`joined` is the server's first message; offers and answers are handled as they come."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, relay: Relay | None = None) -> None:
        self.socket = socket
        self._relay = relay
        self.joined: dict[str, Any] = {}
        self.inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.client: PlainClient | None = None
        self._reader: asyncio.Task[None] | None = None

    @classmethod
    async def enter(
        cls,
        person: Person,
        session_id: str,
        rgb: tuple[int, int, int] | None = None,
        tone: int | None = None,
        *,
        offers: bool = True,
        query: str = "",
        relay: Relay | None = None,
    ) -> Caller:
        query = query or f"ticket={await person.ticket(session_id)}"
        address = f"{person.platform.base}/ws/session/{session_id}/?{query}"
        caller = cls(await person.http.ws_connect(address), relay)
        caller.client = PlainClient(caller.say, rgb, tone)
        await caller._begin()
        if offers and (rgb or tone):
            await caller.client.offer()
        return caller

    async def _begin(self) -> None:
        self.joined = await self._receive()
        assert self.joined["type"] == "joined", self.joined
        self._reader = asyncio.create_task(self._read())

    def drop(self) -> None:
        """Lose the socket without a goodbye."""
        self.socket.get_extra_info("socket").shutdown(socket.SHUT_RDWR)

    async def come_back(self, person: Person, session_id: str) -> None:
        """Open the socket again after a drop, with the RTCPeerConnection that there is."""
        address = f"{person.platform.base}/ws/session/{session_id}/?resume={self.joined['resume']}"
        headers = {"Authorization": f"Bearer {person.token}"}
        self.socket = await person.http.ws_connect(address, headers=headers)
        await self._begin()

    @property
    def id(self) -> str:
        return str(self.joined["self"]["id"])

    async def say(self, message: dict[str, Any]) -> None:
        await self.socket.send_str(json.dumps(message))

    async def _receive(self) -> dict[str, Any]:
        return dict(json.loads(await self.socket.receive_str(timeout=10)))

    async def _read(self) -> None:
        assert self.client is not None
        async for frame in self.socket:
            message = json.loads(frame.data)
            if message["type"] in ("offer", "answer"):
                if self._relay is not None:
                    description = message[message["type"]]
                    description["sdp"] = self._relay.wrap(description["sdp"])
                await self.client.take(message)
            else:
                await self.inbox.put(message)

    async def expect(self, type: str, within: float = 15, **fields: Any) -> dict[str, Any]:
        async with asyncio.timeout(within):
            while True:
                message = await self.inbox.get()
                if all(message.get(key) == value for key, value in {"type": type, **fields}.items()):
                    return message

    async def leave(self) -> None:
        if self.client:
            await self.client.close()
        await self.socket.close()
        if self._reader:
            await asyncio.gather(self._reader, return_exceptions=True)
