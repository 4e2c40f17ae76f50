"""Requests that other sites make a browser send."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient

from config.settings import Settings
from server.accounts.models import Login
from server.notifications import links
from server.routes import ROUTES
from tests.factories import PASSWORD, answer, api_of, person
from tests.server.edge.app import COUNTER, edge_client


@pytest.fixture
async def client(database: Settings) -> AsyncIterator[TestClient]:
    """Signed in as anna by cookie."""
    await person("anna")
    async with edge_client(database) as found:
        await found.post("/api/v1/auth/login", json={"identifier": "anna", "password": PASSWORD})
        yield found


async def csrf_token(client: TestClient) -> str:
    return str((await answer(await client.get("/api/v1/auth/csrf"))).data["token"])


async def test_cookie_alone_does_not_act(client: TestClient) -> None:
    found = await answer(await client.post("/api/v1/count"))
    assert (found.status, found.code) == (403, "csrf")
    assert client.app[COUNTER].calls == 0


async def test_cookie_with_the_token_acts(client: TestClient) -> None:
    headers = {"X-CSRF-Token": await csrf_token(client)}
    found = await answer(await client.post("/api/v1/count", headers=headers))
    assert (found.status, found.data["who"]) == (200, "anna")


@pytest.mark.parametrize("token", ["", "x", "é", "0" * 64])
async def test_wrong_token_does_not_act(client: TestClient, token: str) -> None:
    found = await client.post("/api/v1/count", headers={"X-CSRF-Token": token})
    assert found.status == 403


async def test_token_of_another_login_does_not_act(client: TestClient) -> None:
    theirs = await csrf_token(client)
    await client.post("/api/v1/auth/login", json={"identifier": "anna", "password": PASSWORD})
    found = await client.post("/api/v1/count", headers={"X-CSRF-Token": theirs})
    assert found.status == 403


async def test_form_field_holds_the_token(client: TestClient) -> None:
    assert (await client.post("/form", data={"a": "1"})).status == 403
    data = {"a": "1", "csrf_token": await csrf_token(client)}
    found = await client.post("/form", data=data)
    assert await found.json() == {"a": "1"}


async def test_bearer_token_needs_no_csrf_token(client: TestClient) -> None:
    api = await api_of(client, "anna")
    assert (await api.post("/count")).status == 200


async def test_bad_bearer_token_is_nobody_even_beside_a_cookie(client: TestClient) -> None:
    headers = {"Authorization": "Bearer nonsense", "X-CSRF-Token": await csrf_token(client)}
    assert (await client.post("/api/v1/count", headers=headers)).status == 401


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
async def test_foreign_origin_is_refused_whatever_it_sends(client: TestClient, origin: str) -> None:
    login = {"identifier": "anna", "password": PASSWORD}
    headers = {"Origin": origin, "X-CSRF-Token": await csrf_token(client)}
    for path in ("/api/v1/auth/login", "/api/v1/count"):
        found = await answer(await client.post(path, json=login, headers=headers))
        assert (found.status, found.code) == (403, "foreign_origin")
    assert (await client.post("/auth/login", data=login, headers=headers)).status == 403


async def test_own_origins_are_accepted(client: TestClient) -> None:
    for host in ("127.0.0.1", "localhost", "[::1]"):
        headers = {"Origin": f"http://{host}:{client.port}", "X-CSRF-Token": await csrf_token(client)}
        assert (await client.post("/api/v1/count", headers=headers)).status == 200


async def test_cross_site_without_an_origin_is_refused(client: TestClient) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "X-CSRF-Token": await csrf_token(client)}
    assert (await client.post("/api/v1/count", headers=headers)).status == 403


async def test_signing_in_needs_no_token_even_beside_a_cookie(client: TestClient) -> None:
    login = {"identifier": "anna", "password": PASSWORD}
    assert (await client.post("/api/v1/auth/login", json=login)).status == 200
    assert (await client.post("/auth/login", data=login, allow_redirects=False)).status == 303


def test_only_what_uses_no_authority_is_free_of_tokens() -> None:
    free = {route.path for route in ROUTES if route.token_free}
    ends_mails = f"{links.PATH}/{{token}}"  # its signed link says whose, and mail programs post it
    provider = "/api/v1/webhooks/stripe"  # signs what it tells, and asks for nobody's authority
    assert all("/auth/" in path for path in free - {ends_mails, provider})
    assert not any("logout" in path or "logins" in path for path in free)


# --- the cookie


async def test_cookie_is_kept_from_scripts_and_other_sites(database: Settings) -> None:
    await person("anna")
    async with edge_client(database) as client:
        login = {"identifier": "anna", "password": PASSWORD}
        found = await client.post("/api/v1/auth/login", json=login)
        morsel = found.cookies["peerlearn"]
        assert morsel["httponly"]
        assert morsel["samesite"] == "Lax"
        assert not morsel["secure"]


async def test_cookie_is_secure_over_https(database: Settings) -> None:
    await person("anna")
    async with edge_client(database, base_url="https://learn.example") as client:
        login = {"identifier": "anna", "password": PASSWORD}
        found = await client.post("/api/v1/auth/login", json=login)
        assert found.cookies["__Host-peerlearn"]["secure"]
        assert "max-age" in found.headers["Strict-Transport-Security"]


async def test_database_holds_no_secret(client: TestClient) -> None:
    login = {"identifier": "anna", "password": PASSWORD}
    found = await client.post("/api/v1/auth/login", json=login)
    token = (await found.json())["data"]["token"]
    cookie = found.cookies["peerlearn"].value
    row = await Login.all().order_by("-id").first()
    assert row is not None
    assert not {token, cookie} & {row.cookie_hash, row.bearer_hash}
    assert token != cookie


async def test_copied_cookie_is_worth_nothing_after_logging_out(client: TestClient) -> None:
    jar = {cookie.key: cookie.value for cookie in client.session.cookie_jar}
    headers = {"X-CSRF-Token": await csrf_token(client)}
    assert (await client.post("/api/v1/auth/logout", headers=headers)).status == 200
    client.session.cookie_jar.update_cookies(jar)
    assert (await client.get("/api/v1/users/me")).status == 401


@pytest.mark.parametrize("value", [b"\xff\xfe\x80", b"x" * 5000, b"", b"'; DROP TABLE login; --", b"%00"])
async def test_broken_cookie_is_nobody(client: TestClient, value: bytes) -> None:
    """Sent as raw bytes: client libraries refuse to."""
    reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
    writer.write(
        b"GET /api/v1/users/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: peerlearn="
        + value
        + b"\r\n\r\n"
    )
    assert (await reader.readline()).split()[1] == b"401"
    writer.close()
    await writer.wait_closed()
