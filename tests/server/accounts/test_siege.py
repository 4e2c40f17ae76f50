"""What somebody tries who wants into an account, or wants its owner out."""

from __future__ import annotations

import asyncio
import os
import random
import re
import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient, unused_port

from config.settings import Settings
from server.accounts import service as accounts
from server.accounts.models import Login, User
from server.app import build_app
from server.infra.clock import ManualClock
from tests.factories import PASSWORD, Answer, Api, api_of, person
from tests.server.accounts.mails import mails_to
from tests.serving import AppServer

WRONG = "not the password"
PROXY = "127.0.0.1"  # where the tests' requests come from
COOKIES = 10_000
LENGTH = re.compile(rb"Content-Length: (\d+)")


@pytest.fixture
async def behind_proxy(database: Settings) -> AsyncIterator[TestClient]:
    """A server that believes what its proxy says of its clients."""
    settings = replace(database, trusted_proxies=(PROXY,))
    async with TestClient(AppServer(build_app(settings), host=PROXY)) as client:
        yield client


async def log_in(http: TestClient, address: str, password: str, username: str = "anna") -> Answer:
    body = {"identifier": username, "password": password}
    return await Api(http).post("/auth/login", body, headers={"X-Forwarded-For": address})


# --- addresses


async def test_forged_address_gives_no_new_tries(http: TestClient, moved_clock: ManualClock) -> None:
    await person("anna")
    for number in range(10):
        assert (await log_in(http, f"203.0.113.{number}", WRONG)).status == 401
    assert (await log_in(http, "203.0.113.99", PASSWORD)).status == 429


async def test_address_forged_before_the_proxy_gives_no_new_tries(
    behind_proxy: TestClient, moved_clock: ManualClock
) -> None:
    await person("anna")
    for number in range(10):
        assert (await log_in(behind_proxy, f"10.9.8.{number}, 203.0.113.7", WRONG)).status == 401
    assert (await log_in(behind_proxy, "198.51.100.1, 203.0.113.7", PASSWORD)).status == 429


async def test_owner_still_gets_in_from_another_address(
    behind_proxy: TestClient, moved_clock: ManualClock
) -> None:
    await person("anna")
    for number in range(110):
        await log_in(behind_proxy, "203.0.113.7", WRONG, ("anna", f"nobody{number}")[number % 2])
    assert (await log_in(behind_proxy, "203.0.113.7", PASSWORD)).status == 429
    assert (await log_in(behind_proxy, "198.51.100.1", PASSWORD)).status == 200


async def test_all_of_an_ipv6_network_count_as_one_address(
    behind_proxy: TestClient, moved_clock: ManualClock
) -> None:
    await person("anna")
    for number in range(10):
        assert (await log_in(behind_proxy, f"2001:db8:1:2::{number:x}", WRONG)).status == 401
    assert (await log_in(behind_proxy, "2001:db8:1:2:ffff::1", PASSWORD)).status == 429
    assert (await log_in(behind_proxy, "2001:db8:1:3::1", PASSWORD)).status == 200


# --- cookies


async def test_login_takes_no_id_that_was_there_before(http: TestClient) -> None:
    await person("anna")
    planted = secrets.token_urlsafe(32)
    http.session.cookie_jar.update_cookies({"peerlearn": planted})
    ids = []
    for _ in range(2):
        found = await http.post("/auth/login", data={"identifier": "anna", "password": PASSWORD})
        assert found.url.path.startswith("/dashboard/")
        cookies = http.session.cookie_jar.filter_cookies(http.make_url("/"))
        ids.append(cookies["peerlearn"].value)
    assert len({planted, *ids}) == 3


async def test_ten_thousand_broken_cookies_are_nobody(database: Settings) -> None:
    """Raw bytes, of all lengths, and the real one with a byte changed, on connections that stay open."""
    port = unused_port()
    settings = replace(database, port=port, base_url=f"http://{PROXY}:{port}")
    await person("anna")
    async with TestClient(AppServer(build_app(settings), host=PROXY, port=port)) as client:
        login = {"identifier": "anna", "password": PASSWORD}
        found = await client.post("/api/v1/auth/login", json=login)
        chance = random.Random(int(os.environ.get("PEERLEARN_FUZZ_SEED", "7")))
        real = found.cookies["peerlearn"].value.encode()
        cookies = [_broken(chance, real) for _ in range(COOKIES)]
        assert await _statuses(port, cookies) <= {b"401", b"400"}


def _broken(chance: random.Random, real: bytes) -> bytes:
    """A Cookie header's value without line ends."""
    kind = chance.randrange(4)
    if kind == 0:
        value = chance.randbytes(chance.randrange(200))
    elif kind == 1:
        at = chance.randrange(len(real))
        value = real[:at] + bytes([real[at] ^ (1 << chance.randrange(7))]) + real[at + 1 :]
    elif kind == 2:
        value = chance.choice(
            [real[:-1], real * 2, real + b"=", real.swapcase(), b'"' + real, real[::-1]]
        )
    else:
        value = chance.randbytes(chance.randrange(1, 48)).hex().encode()
    name = chance.choice(
        [b"peerlearn=", b"peerlearn-2fa=", b"peerlearn=;peerlearn=", b"", b"$Version=1;"]
    )
    junk = name + (b"x" + value if value == real else value)
    return junk.translate(None, b"\r\n\x00")


async def _statuses(port: int, cookies: list[bytes]) -> set[bytes]:
    """Of requests with each cookie. What is no HTTP ends its connection: the next begins another."""
    found: set[bytes] = set()
    reader, writer = await asyncio.open_connection(PROXY, port)
    for cookie in cookies:
        writer.write(b"GET /api/v1/users/me HTTP/1.1\r\nHost: x\r\nCookie: " + cookie + b"\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        status = head.split()[1]
        found.add(status)
        await reader.readexactly(int(LENGTH.search(head)[1]))  # type: ignore[index]
        if status == b"400":
            writer.close()
            reader, writer = await asyncio.open_connection(PROXY, port)
    writer.close()
    return found


# --- the end of logins


@pytest.mark.parametrize("change", ["banned", "suspended", "roles"])
async def test_login_ends_when_the_standing_changes(http: TestClient, change: str) -> None:
    await person("olga", "admin", "owner")
    ben = await person("ben")
    api, owner = await api_of(http, "ben"), await api_of(http, "olga")
    values = {"roles": ["learner", "mentor"]} if change == "roles" else {"status": change}
    done = await owner.call("PATCH", f"/admin/users/{ben.public_id}", {**values, "reason": "so it is"})
    assert done.status == 200
    assert (await api.get("/users/me")).status == 401
    assert await Login.filter(user_id=ben.user_id, revoked_at__isnull=True).count() == 0


async def test_same_roles_once_more_end_nothing(http: TestClient) -> None:
    await person("olga", "admin", "owner")
    ben = await person("ben")
    api, owner = await api_of(http, "ben"), await api_of(http, "olga")
    body = {"roles": ["learner"], "reason": "as before"}
    assert (await owner.call("PATCH", f"/admin/users/{ben.public_id}", body)).status == 200
    assert (await api.get("/users/me")).status == 200


# --- mails


@pytest.mark.parametrize("path", ["/auth/verify", "/auth/reset"])
async def test_looking_at_the_link_of_a_mail_does_nothing(http: TestClient, path: str) -> None:
    anna = await person("anna", verified=False)
    purpose = "verify_email" if path.endswith("verify") else "reset_password"
    token = await accounts.issue_token(anna.user_id, purpose)  # type: ignore[arg-type]
    before = await User.get(id=anna.user_id).values()
    for method in ("GET", "HEAD"):
        await http.request(method, path, params={"token": token, "password": "a completely new one"})
    assert await User.get(id=anna.user_id).values() == before
    page = await (await http.get(path, params={"token": token})).text()
    assert f'value="{token}"' in page


async def test_no_header_moves_the_address_in_a_mail(http: TestClient) -> None:
    await person("anna", verified=False)
    evil = {
        "Host": "evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "Forwarded": "host=evil.example",
        "X-Original-URL": "http://evil.example/",
    }
    body = {"email": "anna@example.com"}
    for path in ("/auth/password-reset", "/auth/verify-email/resend"):
        assert (await Api(http).post(path, body, headers=evil)).status == 200
    for mail in await mails_to("anna@example.com"):
        assert "evil.example" not in mail.text + mail.html


# --- where a login leads


@pytest.mark.parametrize(
    ("roles", "last", "desk"),
    [
        (("learner",), "learner", "learner"),
        (("mentor",), "mentor", "mentor"),
        (("mentor", "learner"), "learner", "learner"),
        (("learner",), "admin", "learner"),
        (("mentor",), "", "mentor"),
        (("learner", "admin", "owner"), "admin", "admin"),
    ],
)
async def test_login_leads_to_the_last_desk_that_is_still_open(
    http: TestClient, roles: tuple[str, ...], last: str, desk: str
) -> None:
    await person("anna", *roles)
    await User.all().update(last_role=last)
    found = await http.post("/auth/login", data={"identifier": "anna", "password": PASSWORD})
    assert (found.status, found.url.path) == (200, f"/dashboard/{desk}/overview")


async def test_five_resets_a_day_are_mailed_from_wherever(
    behind_proxy: TestClient, moved_clock: ManualClock
) -> None:
    await person("anna")
    before = len(await mails_to("anna@example.com"))
    for number in range(12):
        headers = {"X-Forwarded-For": f"198.51.100.{number}"}
        body = {"email": "anna@example.com"}
        assert (await Api(behind_proxy).post("/auth/password-reset", body, headers=headers)).status == 200
        moved_clock.advance(timedelta(hours=1, minutes=59))
    assert len(await mails_to("anna@example.com")) == before + 5
