"""Sockets of the platform as clients hear them, and two servers that share a database and a Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

from aiohttp import ClientWebSocketResponse, WSMsgType
from aiohttp.test_utils import TestClient, unused_port

from config.settings import Settings
from server.app import build_app
from tests.redis import RedisServer
from tests.serving import AppServer

PATIENCE_S = 60


async def heard(socket: ClientWebSocketResponse, kind: str) -> dict[str, Any]:
    """The next message of this type."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            said: dict[str, Any] = await socket.receive_json()
            if said["type"] == kind:
                return said


async def closed_with(socket: ClientWebSocketResponse) -> int | None:
    async with asyncio.timeout(PATIENCE_S):
        while (await socket.receive()).type is WSMsgType.TEXT:
            pass
    return socket.close_code


@asynccontextmanager
async def two_servers(database: Settings, redis: RedisServer) -> AsyncIterator[list[TestClient]]:
    """Two applications on one database, each with its own connection to Redis."""
    async with AsyncExitStack() as stack:
        clients = []
        for _ in range(2):
            port = unused_port()
            base = f"http://127.0.0.1:{port}"
            settings = replace(database, port=port, base_url=base, redis_url=redis.url)
            server = AppServer(build_app(settings), host="127.0.0.1", port=port)
            clients.append(await stack.enter_async_context(TestClient(server)))
        yield clients
