"""Windows for developers: shut in production, and to everybody but this machine."""

from __future__ import annotations

from dataclasses import replace

import pytest
from aiohttp.test_utils import TestClient, TestServer

from config.settings import Settings
from server.app import build_app
from server.infra.nodes import MEDIA_NODES, MediaNode
from tests.factories import person
from tests.server.accounts.mails import mails_to

PATHS = ("/dev/mail", "/dev/mail.json", "/dev/info.json")


async def test_mails_are_shown_newest_first(http: TestClient) -> None:
    for name in ("anna", "ben"):
        await person(name, verified=False)
        await mails_to(f"{name}@example.com")
    found = await (await http.get("/dev/mail.json")).json()
    assert [mail["to"] for mail in found] == ["ben@example.com", "anna@example.com"]
    assert found[0].keys() == {"to", "subject", "text", "html", "at", "attachments"}
    assert found[0]["at"].endswith("Z")
    page = await http.get("/dev/mail")
    assert found[0]["subject"] in await page.text()


async def test_info_names_nodes_keys_and_logins(http: TestClient) -> None:
    http.app[MEDIA_NODES].replace([MediaNode("http://127.0.0.1:7", "node-1", 9)])
    info = await (await http.get("/dev/info.json")).json()
    assert info["media_nodes"] == ["http://127.0.0.1:7"]
    assert info["media_udp_ports"] == [9]
    assert info["stripe_secret_key"].startswith("sk_test_")
    assert info["stripe_api_base"] == ""  # nobody started the stand-in
    assert {login["role"] for login in info["demo"]} == {"admin", "mentor", "learner"}


@pytest.mark.parametrize("path", PATHS)
async def test_others_find_nothing(http: TestClient, path: str) -> None:
    found = await http.get(path, headers={"X-Forwarded-For": "1.2.3.4"})
    assert found.status == 404


@pytest.mark.parametrize("path", PATHS)
async def test_production_has_no_such_pages(database: Settings, path: str) -> None:
    app = build_app(replace(database, env="production"))
    async with TestClient(TestServer(app, host="127.0.0.1")) as client:
        assert (await client.get(path)).status == 404
