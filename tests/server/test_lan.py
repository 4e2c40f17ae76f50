"""A server for phones on the local network: its address and its certificate."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from config.settings import load_settings
from server import lan

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ADDRESS = "192.0.2.7"


def test_server_names_itself_by_the_machines_address(tmp_path: Path) -> None:
    settings = lan.on_the_network(load_settings({"PEERLEARN_DATA_DIR": str(tmp_path)}))
    assert settings.host == "0.0.0.0"
    assert settings.base_url == f"https://{lan.own_address()}:8000"
    assert not settings.loopback


def test_certificate_is_kept_until_it_is_old_or_for_another_address(tmp_path: Path) -> None:
    file = tmp_path / "lan.pem"
    lan.tls(tmp_path, ADDRESS, NOW)
    first = file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    lan.tls(tmp_path, ADDRESS, NOW + timedelta(days=300))
    assert file.read_bytes() == first
    lan.tls(tmp_path, ADDRESS, NOW + timedelta(days=380))
    second = file.read_bytes()
    assert second != first
    lan.tls(tmp_path, "192.0.2.8", NOW + timedelta(days=380))
    assert file.read_bytes() != second


async def test_page_is_served_over_the_certificate(tmp_path: Path) -> None:
    async def hello(_: web.Request) -> web.Response:
        return web.Response(text="hello")

    app = web.Application()
    app.router.add_get("/", hello)
    server = TestServer(app, scheme="https")
    await server.start_server(ssl=lan.tls(tmp_path, "127.0.0.1", datetime.now(UTC)))
    trust = ssl.create_default_context(cafile=str(tmp_path / "lan.pem"))
    async with aiohttp.ClientSession() as http, http.get(server.make_url("/"), ssl=trust) as answer:
        assert await answer.text() == "hello"
    await server.close()
