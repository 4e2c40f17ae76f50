"""An application served to tests by the connections that serve it to people."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from server.edge.connections import Runner


class AppServer(TestServer):
    """The application on a free port of the loopback."""

    async def _make_runner(self, **options: Any) -> web.AppRunner:
        return Runner(self.app, **options)
