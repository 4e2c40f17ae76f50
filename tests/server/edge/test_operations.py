"""What operators ask, and what a request costs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
from aiohttp.test_utils import TestClient

from config.settings import Settings
from server.infra import db
from server.infra.nodes import MEDIA_NODES, MediaNode
from tests.factories import api_of, person
from tests.server.edge.app import edge_client
from tests.server.queries import counted

NODE = MediaNode("http://127.0.0.1:7", "node-1", 9)


@pytest.fixture
async def client(database: Settings) -> AsyncIterator[TestClient]:
    async with edge_client(database) as found:
        yield found


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """All that is asked of the database from now on."""
    with counted(monkeypatch) as asked:
        yield asked


async def test_alive_even_without_a_database(client: TestClient, statements: list[str]) -> None:
    await db.close_database()
    found = await client.get("/healthz", headers={"Cookie": "peerlearn=" + "x" * 43})
    assert (found.status, await found.json()) == (200, {"status": "ok"})
    assert statements == []


async def test_ready_needs_the_database_and_a_media_node(client: TestClient, database: Settings) -> None:
    assert (await client.get("/readyz")).status == 503
    client.app[MEDIA_NODES].replace([NODE])
    assert (await client.get("/readyz")).status == 200
    await db.close_database()
    found = await client.get("/readyz")
    assert (found.status, (await found.json())["checks"]["database"]) == (503, False)
    await db.open_database(database)


async def test_metrics_count_addresses_and_not_their_variables(client: TestClient) -> None:
    await client.get("/api/v1/users/somebody-special")
    await client.get("/api/v1/no/such/address")
    text = await (await client.get("/metrics")).text()
    assert 'route="/api/v1/users/{username}"' in text
    assert "somebody-special" not in text
    assert "no/such" not in text
    for name in (
        "peerlearn_http_request_seconds",
        "peerlearn_ws_connections",
        "peerlearn_jobs_lag_seconds",
    ):
        assert name in text


async def test_metrics_of_production_are_for_this_machine(database: Settings) -> None:
    async with edge_client(database, env="production") as client:
        assert (await client.get("/metrics")).status == 200
        proxied = await client.get("/metrics", headers={"X-Forwarded-For": "1.2.3.4"})
        assert proxied.status == 404


async def test_metrics_of_production_are_for_networks_that_are_named(
    database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = replace(database, metrics_from=("10.1.0.0/16",))
    async with edge_client(named, env="production") as client:
        for address, status in (("10.1.2.3", 200), ("10.2.0.1", 404)):
            monkeypatch.setattr("server.edge.clients.peer_address", lambda request, at=address: at)
            assert (await client.get("/metrics")).status == status
            proxied = await client.get("/metrics", headers={"X-Forwarded-For": "10.1.2.3"})
            assert proxied.status == 404


async def test_knowing_who_asks_takes_two_queries(client: TestClient, statements: list[str]) -> None:
    await person("anna")
    api = await api_of(client, "anna")
    statements.clear()
    await api.get("/things?name=a")
    assert len(statements) == 2


async def test_static_files_ask_the_database_nothing(client: TestClient, statements: list[str]) -> None:
    await person("anna")
    token = (await api_of(client, "anna")).token
    statements.clear()
    found = await client.get("/static/css/base.css", headers={"Authorization": f"Bearer {token}"})
    assert found.status == 200
    assert statements == []
