"""A media node in the test's own loop, and a server's end of its control link."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import aiohttp
import aioice.ice
import pytest

from config.settings import load_media_settings
from media.node import MediaNode
from tests.media.client import PlainClient

ROOM = "room-1"


class Server:
    """The server's end of the control link: one inbox per participant, one for what has none."""

    def __init__(
        self, http: aiohttp.ClientSession, socket: aiohttp.ClientWebSocketResponse, node: MediaNode
    ):
        self.http = http
        self.node = node
        self.inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.clients: dict[str, PlainClient] = {}
        self._socket = socket
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for frame in self._socket:
            message = json.loads(frame.data)
            client = self.clients.get(message.get("participant", ""))
            if client and message["type"] in ("offer", "answer"):
                await client.take(message)
            else:
                await self.inbox.put(message)

    async def say(self, type: str, participant: str = "", **fields: Any) -> None:
        seat = {"participant": participant} if participant else {}
        await self._socket.send_str(json.dumps({"type": type, "room": ROOM, **seat, **fields}))

    async def expect(self, type: str, within: float = 60, **fields: Any) -> dict[str, Any]:
        """The next message of this type with these fields; others are passed over."""
        async with asyncio.timeout(within):
            while True:
                message = await self.inbox.get()
                wanted = {"type": type, **fields}
                if all(message.get(key) == value for key, value in wanted.items()):
                    return message

    async def client(
        self, name: str, rgb: tuple[int, int, int] | None, tone: int | None, *, offers: bool = True
    ) -> PlainClient:
        async def send(message: dict[str, Any]) -> None:
            await self.say(participant=name, **message)

        client = self.clients[name] = PlainClient(send, rgb, tone)
        await self.say("join", name)
        if offers:
            await client.offer()
        return client

    async def close(self) -> None:
        """Stop listening first: a client that is closed can't take one more offer."""
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        for client in self.clients.values():
            await client.close()
        await self._socket.close()


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda use_ipv4, use_ipv6: ["127.0.0.1"])


@pytest.fixture
async def node(tmp_path) -> AsyncIterator[MediaNode]:
    settings = replace(
        load_media_settings({"PEERLEARN_DATA_DIR": str(tmp_path), "PEERLEARN_MEDIA_BIND": "127.0.0.1"}),
        advertised_ips=("127.0.0.1",),
    )
    node = MediaNode(settings)
    await node.start()
    yield node
    await node.stop()


@pytest.fixture
async def server(node: MediaNode, tmp_path) -> AsyncIterator[Server]:
    secret = (tmp_path / "media-control-secret").read_text()
    headers = {"Authorization": f"Bearer {secret}"}
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.ws_connect(node.control_url + "/control") as socket,
    ):
        server = Server(http, socket, node)
        yield server
        await server.close()
