"""Signing in and out, by the API and by the page."""

from __future__ import annotations

import asyncio
import time
from dataclasses import fields
from datetime import timedelta
from statistics import median

import pytest
from aiohttp.test_utils import TestClient
from argon2 import PasswordHasher

from server.accounts import logins, passwords
from server.accounts.models import Login, User
from server.accounts.values import LoginView
from server.infra.clock import ManualClock
from tests.conftest import CHEAP
from tests.factories import PASSWORD, Answer, Api, api_of, person

WRONG = "not the password"


async def log_in(http: TestClient, identifier: str = "anna", password: str = PASSWORD) -> Answer:
    return await Api(http).post("/auth/login", {"identifier": identifier, "password": password})


@pytest.mark.parametrize("identifier", ["anna", "ANNA", " anna ", "anna@example.com", "Anna@EXAMPLE.com"])
async def test_username_and_address_both_sign_in(http: TestClient, identifier: str) -> None:
    await person("anna", "mentor")
    found = await log_in(http, identifier)
    assert found.status == 200
    assert found.data["user"]["username"] == "anna"
    assert found.data["user"]["roles"] == ["mentor"]
    assert "Set-Cookie" in found.headers


@pytest.mark.parametrize("identifier", ["x" * 320, "\ufdfa" * 300, "@" * 300, "", "a@" + "\ufdfa" * 300])
async def test_absurd_identifier_is_just_unknown(http: TestClient, identifier: str) -> None:
    assert (await log_in(http, identifier)).code == "invalid_credentials"


async def test_unverified_people_may_sign_in(http: TestClient) -> None:
    await person("anna", verified=False)
    assert (await log_in(http)).data["user"]["verified"] is False


async def test_unknown_account_and_wrong_password_look_the_same(http: TestClient) -> None:
    await person("anna")
    unknown, wrong = await log_in(http, "nobody", WRONG), await log_in(http, "anna", WRONG)
    assert (unknown.status, unknown.code) == (wrong.status, wrong.code) == (401, "invalid_credentials")
    assert unknown.body["message"] == wrong.body["message"]
    assert "Set-Cookie" not in wrong.headers


async def test_unknown_account_takes_the_time_of_a_wrong_password(http: TestClient) -> None:
    """Hashes slow enough to be seen; medians of several tries, so that a busy machine does not matter."""
    await person("anna")
    passwords.use_hasher(PasswordHasher(time_cost=4, memory_cost=16_384, parallelism=1))
    try:
        anna = await User.get(username="anna")
        anna.password_hash = await passwords.hash_password(PASSWORD)
        await anna.save()
        await log_in(http, "warm-up", WRONG)
        times: dict[str, list[float]] = {"anna": [], "nobody": []}
        for _ in range(7):
            for name, taken in times.items():
                started = time.perf_counter()
                await log_in(http, name, WRONG)
                taken.append(time.perf_counter() - started)
        ratio = median(times["anna"]) / median(times["nobody"])
        assert 0.5 < ratio < 2.0
    finally:
        passwords.use_hasher(CHEAP)


async def test_suspended_person_is_told_only_with_the_right_password(http: TestClient) -> None:
    await person("anna")
    await User.all().update(status="suspended")
    assert (await log_in(http, "anna", WRONG)).code == "invalid_credentials"
    found = await log_in(http)
    assert (found.status, found.code) == (403, "suspended")


async def test_hash_is_renewed_when_the_costs_have_risen(http: TestClient) -> None:
    await person("anna")
    before = (await User.get()).password_hash
    passwords.use_hasher(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    try:
        assert (await log_in(http)).status == 200
        assert (await User.get()).password_hash != before
        assert (await log_in(http)).status == 200
    finally:
        passwords.use_hasher(CHEAP)


async def test_very_long_password_is_refused_cheaply(http: TestClient) -> None:
    await person("anna")
    assert (await log_in(http, "anna", "x" * 2000)).status == 422
    assert (await log_in(http, "anna", PASSWORD + "x" * 500)).status == 401


# --- limits


async def test_eleventh_failure_in_five_minutes_is_throttled(
    http: TestClient, moved_clock: ManualClock
) -> None:
    await person("anna")
    await person("ben")
    for _ in range(10):
        assert (await log_in(http, "anna", WRONG)).status == 401
        moved_clock.advance(timedelta(seconds=1))
    refused = await log_in(http)
    assert (refused.status, refused.code) == (429, "throttled")
    assert int(refused.headers["Retry-After"]) == 291
    assert (await log_in(http, "ben")).status == 200
    moved_clock.advance(timedelta(seconds=291))
    assert (await log_in(http)).status == 200


async def test_name_and_address_share_one_limit(http: TestClient, moved_clock: ManualClock) -> None:
    await person("anna")
    for number in range(10):
        await log_in(http, ("anna", "anna@example.com")[number % 2], WRONG)
    assert (await log_in(http)).status == 429


async def test_unknown_account_is_throttled_alike(http: TestClient, moved_clock: ManualClock) -> None:
    for _ in range(10):
        assert (await log_in(http, "nobody", WRONG)).status == 401
    assert (await log_in(http, "nobody", WRONG)).status == 429


async def test_successes_do_not_count(http: TestClient, moved_clock: ManualClock) -> None:
    await person("anna")
    for _ in range(15):
        assert (await log_in(http)).status == 200
    for _ in range(9):
        await log_in(http, "anna", WRONG)
    assert (await log_in(http)).status == 200


async def test_hundred_failures_close_an_address(http: TestClient, moved_clock: ManualClock) -> None:
    await person("anna")
    for number in range(100):
        assert (await log_in(http, f"nobody{number}", WRONG)).status == 401
    assert (await log_in(http)).status == 429
    moved_clock.advance(timedelta(minutes=5, seconds=1))
    assert (await log_in(http)).status == 200


async def test_parallel_guesses_can_not_slip_in_together(
    http: TestClient, moved_clock: ManualClock
) -> None:
    await person("anna")
    found = await asyncio.gather(*(log_in(http, "anna", WRONG) for _ in range(30)))
    assert sorted(answer.status for answer in found) == [401] * 10 + [429] * 20


async def test_many_right_logins_at_once_all_succeed(http: TestClient) -> None:
    await person("anna")
    found = await asyncio.gather(*(log_in(http) for _ in range(30)))
    assert [answer.status for answer in found] == [200] * 30


# --- the life of a login


async def test_login_ends_when_it_is_not_used(http: TestClient, moved_clock: ManualClock) -> None:
    await person("anna")
    api = await api_of(http, "anna")
    moved_clock.advance(logins.IDLE - timedelta(minutes=1))
    assert (await api.get("/users/me")).status == 200
    moved_clock.advance(logins.IDLE - timedelta(minutes=1))
    assert (await api.get("/users/me")).status == 200
    moved_clock.advance(logins.IDLE)
    assert (await api.get("/users/me")).status == 401


async def test_login_ends_for_good_after_its_time(http: TestClient, moved_clock: ManualClock) -> None:
    await person("anna")
    api = await api_of(http, "anna")
    for _ in range(5):
        assert (await api.get("/users/me")).status == 200
        moved_clock.advance(logins.ABSOLUTE / 5)
    assert (await api.get("/users/me")).status == 401


async def test_last_use_is_not_written_with_each_request(
    http: TestClient, moved_clock: ManualClock
) -> None:
    await person("anna")
    api = await api_of(http, "anna")
    before = (await Login.get()).last_seen_at
    moved_clock.advance(timedelta(minutes=4))
    await api.get("/users/me")
    assert (await Login.get()).last_seen_at == before
    moved_clock.advance(timedelta(minutes=1))
    await api.get("/users/me")
    assert (await Login.get()).last_seen_at > before


async def test_cookie_secret_is_no_token_and_the_other_way_round(http: TestClient) -> None:
    await person("anna")
    found = await http.post("/api/v1/auth/login", json={"identifier": "anna", "password": PASSWORD})
    cookie, token = found.cookies["peerlearn"].value, (await found.json())["data"]["token"]
    assert (await Api(http, token=cookie).get("/users/me")).status == 401
    http.session.cookie_jar.update_cookies({"peerlearn": token})
    assert (await http.get("/api/v1/users/me")).status == 401


async def test_logins_are_listed_and_revoked(http: TestClient) -> None:
    await person("anna")
    phone, laptop = await api_of(http, "anna"), await api_of(http, "anna")
    items = (await laptop.get("/auth/logins")).data["items"]
    assert [item["current"] for item in items].count(True) == 1
    assert items[0].keys() == {field.name for field in fields(LoginView)}
    other = next(item["id"] for item in items if not item["current"])
    assert (await laptop.call("DELETE", f"/auth/logins/{other}")).status == 200
    assert (await phone.get("/users/me")).status == 401
    assert (await laptop.get("/users/me")).status == 200
    assert (await laptop.call("DELETE", f"/auth/logins/{other}")).status == 404


@pytest.mark.parametrize("login_id", ["nonsense", "00000000-0000-0000-0000-000000000000"])
async def test_unknown_login_is_not_found(http: TestClient, login_id: str) -> None:
    await person("anna")
    assert (await (await api_of(http, "anna")).call("DELETE", f"/auth/logins/{login_id}")).status == 404


async def test_somebody_elses_login_is_not_found(http: TestClient) -> None:
    await person("anna")
    await person("ben")
    anna, ben = await api_of(http, "anna"), await api_of(http, "ben")
    theirs = (await ben.get("/auth/logins")).data["items"][0]["id"]
    assert (await anna.call("DELETE", f"/auth/logins/{theirs}")).status == 404
    assert (await ben.get("/users/me")).status == 200


async def test_logging_out_ends_this_login_alone(http: TestClient) -> None:
    await person("anna")
    phone, laptop = await api_of(http, "anna"), await api_of(http, "anna")
    assert (await phone.post("/auth/logout")).status == 200
    assert (await phone.get("/users/me")).status == 401
    assert (await laptop.get("/users/me")).status == 200


# --- the page


async def page_log_in(http: TestClient, **values: str) -> tuple[int, str]:
    data = {"identifier": "anna", "password": PASSWORD, **values}
    found = await http.post("/auth/login", data=data, allow_redirects=False)
    return found.status, found.headers.get("Location", "")


@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("/sessions/7?x=1", "/sessions/7?x=1"),
        ("", "/dashboard/"),
        ("https://evil.example", "/dashboard/"),
        ("//evil.example", "/dashboard/"),
    ],
)
async def test_page_signs_in_and_leads_on(http: TestClient, target: str, leads_to: str) -> None:
    await person("anna")
    assert await page_log_in(http, next=target) == (303, leads_to)
    assert (await http.get("/api/v1/users/me")).status == 200


async def test_page_says_why_not_and_keeps_the_name(http: TestClient) -> None:
    await person("anna")
    data = {"identifier": "anna", "password": WRONG, "next": "/sessions/7"}
    found = await http.post("/auth/login", data=data)
    text = await found.text()
    assert found.status == 401
    assert 'value="anna"' in text
    assert 'value="/sessions/7"' in text
    assert WRONG not in text


async def test_new_login_of_a_browser_ends_its_old_one(http: TestClient) -> None:
    await person("anna")
    await page_log_in(http)
    await page_log_in(http)
    assert [row.revoked_at is None for row in await Login.all().order_by("id")] == [False, True]


async def test_who_is_signed_in_goes_on_at_once(http: TestClient) -> None:
    await person("anna")
    await page_log_in(http)
    for path in ("/auth/login", "/auth/register"):
        found = await http.get(path, allow_redirects=False)
        assert (found.status, found.headers["Location"]) == (303, "/dashboard/")


async def test_page_logs_out_with_its_token_alone(http: TestClient) -> None:
    await person("anna")
    await page_log_in(http)
    assert (await http.post("/auth/logout", allow_redirects=False)).status == 403
    token = (await (await http.get("/api/v1/auth/csrf")).json())["data"]["token"]
    found = await http.post("/auth/logout", data={"csrf_token": token}, allow_redirects=False)
    assert (found.status, found.headers["Location"]) == (303, "/")
    assert (await http.get("/api/v1/users/me")).status == 401
