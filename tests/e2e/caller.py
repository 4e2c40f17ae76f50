"""Somebody in a room over the room socket, with a plain aiortc client."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp

from tests.e2e.platform import Person
from tests.media.client import PlainClient


class Caller:
    """`joined` is the server's first message; offers and answers are handled as they come."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
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
    ) -> Caller:
        query = query or f"ticket={await person.ticket(session_id)}"
        address = f"{person.platform.base}/ws/session/{session_id}/?{query}"
        caller = cls(await person.http.ws_connect(address))
        caller.joined = await caller._receive()
        assert caller.joined["type"] == "joined", caller.joined
        caller.client = PlainClient(caller.say, rgb, tone)
        caller._reader = asyncio.create_task(caller._read())
        if offers and (rgb or tone):
            await caller.client.offer()
        return caller

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
