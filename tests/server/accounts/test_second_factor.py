"""The second factor: setting it up, giving it, and that each code works once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient

from config.settings import Settings
from server.accounts import service as accounts
from server.accounts.models import Login, OneTimeToken, RecoveryCode, Totp
from server.accounts.sealing import open_seal
from server.accounts.second_factor import PER_ACCOUNT
from server.app import build_app
from server.infra.clock import ManualClock
from server.infra.errors import NotFound
from server.infra.models import IdempotencyRecord
from tests.databases import BOTH
from tests.factories import PASSWORD, Api, api_of, person
from tests.server.accounts.factors import STEP, code_of, log_in, protect, wrong_code
from tests.server.accounts.mails import mails_to
from tests.serving import AppServer

ANNA = "anna@example.com"
CROWD = 50


# --- setting it up


@BOTH
async def test_login_asks_for_a_code_once_one_was_given(
    http: TestClient, moved_clock: ManualClock
) -> None:
    await person("anna")
    api = await api_of(http, "anna")
    setup = (await api.post("/auth/2fa/setup")).data
    assert setup["otpauth_url"].startswith("otpauth://totp/PeerLearn:anna?secret=" + setup["secret"])
    assert (await log_in(http)).status == 200
    enabled = await api.post("/auth/2fa/enable", {"code": code_of(setup["secret"])})
    assert len(set(enabled.data["recovery_codes"])) == 10
    found = await log_in(http)
    assert (found.status, found.code) == (401, "second_factor_required")
    assert "Set-Cookie" not in found.headers
    moved_clock.advance(STEP)
    assert (await log_in(http, code_of(setup["secret"]))).status == 200


async def test_wrong_code_turns_nothing_on(http: TestClient, moved_clock: ManualClock) -> None:
    await person("anna")
    api = await api_of(http, "anna")
    secret = (await api.post("/auth/2fa/setup")).data["secret"]
    found = await api.post("/auth/2fa/enable", {"code": wrong_code(secret)})
    assert (found.status, list(found.fields)) == (422, ["code"])
    assert (await log_in(http)).status == 200


async def test_setup_that_waits_too_long_is_void(http: TestClient, moved_clock: ManualClock) -> None:
    await person("anna")
    secret = (await (await api_of(http, "anna")).post("/auth/2fa/setup")).data["secret"]
    moved_clock.advance(timedelta(hours=1))
    found = await (await api_of(http, "anna")).post("/auth/2fa/enable", {"code": code_of(secret)})
    assert (found.status, found.code) == (409, "no_setup")


async def test_second_setup_replaces_the_first_until_one_is_on(
    http: TestClient, moved_clock: ManualClock
) -> None:
    await person("anna")
    api = await api_of(http, "anna")
    old = (await api.post("/auth/2fa/setup")).data["secret"]
    await api.post("/auth/2fa/setup")
    assert (await api.post("/auth/2fa/enable", {"code": code_of(old)})).status == 422
    anna = await protect(http, "anna", moved_clock)
    found = await anna.api.post("/auth/2fa/setup")
    assert (found.status, found.code) == (409, "second_factor_enabled")


async def test_turning_it_on_ends_all_other_logins_and_is_told(
    http: TestClient, moved_clock: ManualClock
) -> None:
    await person("anna")
    other = await api_of(http, "anna")
    anna = await protect(http, "anna", moved_clock)
    assert (await other.get("/users/me")).status == 401
    assert (await anna.api.get("/users/me")).status == 200
    assert (await mails_to(ANNA))[0].subject == "The second factor is on"


async def test_turning_it_off_needs_no_code_any_more(http: TestClient, moved_clock: ManualClock) -> None:
    await person("anna")
    anna = await protect(http, "anna", moved_clock)
    assert (await anna.api.post("/auth/2fa/disable")).status == 200
    assert (await log_in(http)).status == 200
    assert await RecoveryCode.all().count() == 0
    assert (await mails_to(ANNA))[0].subject == "The second factor is off"


async def test_operator_lets_somebody_in_who_lost_everything(
    http: TestClient, moved_clock: ManualClock
) -> None:
    await person("anna")
    anna = await protect(http, "anna", moved_clock)
    await accounts.forget_second_factor("Anna@example.com")
    assert (await anna.api.get("/users/me")).status == 401
    assert (await log_in(http)).status == 200
    assert (await mails_to(ANNA))[0].subject == "The second factor is off"
    with pytest.raises(NotFound):
        await accounts.forget_second_factor("nobody@example.com")


async def test_database_holds_neither_secret_nor_codes(
    http: TestClient, moved_clock: ManualClock
) -> None:
    await person("anna")
    anna = await protect(http, "anna", moved_clock)
    row = await Totp.get()
    assert anna.secret not in row.sealed_secret
    kept = {row.code_hash for row in await RecoveryCode.all()}
    assert not kept & {form for code in anna.recovery_codes for form in (code, code.replace("-", ""))}


async def test_answers_with_secrets_are_kept_for_no_key(http: TestClient) -> None:
    await person("anna")
    api = await api_of(http, "anna")
    headers = {"Idempotency-Key": "one"}
    first = await api.post("/auth/2fa/setup", headers=headers)
    assert first.data["secret"] != (await api.post("/auth/2fa/setup", headers=headers)).data["secret"]
    assert await IdempotencyRecord.all().count() == 0


# --- giving it


async def test_code_works_once_and_no_older_one_after_it(
    http: TestClient, moved_clock: ManualClock
) -> None:
    await person("anna")
    anna = await protect(http, "anna", moved_clock)
    older = anna.code()
    moved_clock.advance(STEP)
    newer = anna.code()
    assert (await log_in(http, newer)).status == 200
    for code in (newer, older):
        found = await log_in(http, code)
        assert (found.status, found.code) == (401, "second_factor_invalid")


@pytest.mark.parametrize("steps", [-1, 1])
async def test_clock_of_the_device_may_be_a_step_off(
    http: TestClient, moved_clock: ManualClock, steps: int
) -> None:
    await person("anna")
    anna = await protect(http, "anna", moved_clock)
    moved_clock.advance(2 * STEP)
    code = anna.code()
    moved_clock.advance(-steps * STEP)
    assert (await log_in(http, code)).status == 200


@pytest.mark.parametrize("code", ["送ðéëfü", "１２３４５６", "12345", "\ud84f\udfc2", "0" * 64])
async def test_what_is_no_code_is_refused_like_a_wrong_one(
    http: TestClient, moved_clock: ManualClock, code: str
) -> None:
    await person("anna")
    await protect(http, "anna", moved_clock)
    found = await log_in(http, code)
    assert (found.status, found.code) == (401, "second_factor_invalid")


async def test_recovery_code_works_once_however_it_is_typed(
    http: TestClient, moved_clock: ManualClock
) -> None:
    await person("anna")
    code = (await protect(http, "anna", moved_clock)).recovery_codes[3]
    assert (await log_in(http, f" {code.upper().replace('-', ' ')} ")).status == 200
    assert (await log_in(http, code)).code == "second_factor_invalid"


async def test_codes_are_their_owners_alone(http: TestClient, moved_clock: ManualClock) -> None:
    await person("anna")
    await person("ben")
    anna, ben = await protect(http, "anna", moved_clock), await protect(http, "ben", moved_clock)
    for code in (ben.code(), ben.recovery_codes[0]):
        assert (await log_in(http, code, "anna")).code == "second_factor_invalid"
    assert (await log_in(http, anna.code(), "anna")).status == 200


async def test_wrong_password_says_nothing_of_the_code(
    http: TestClient, moved_clock: ManualClock
) -> None:
    await person("anna")
    anna = await protect(http, "anna", moved_clock)
    body = {"identifier": "anna", "password": "not the password", "code": anna.code()}
    assert (await Api(http).post("/auth/login", body)).code == "invalid_credentials"
    assert (await log_in(http, anna.code())).status == 200


async def test_with_another_key_of_the_platform_recovery_codes_still_work(
    http: TestClient, moved_clock: ManualClock, database: Settings
) -> None:
    await person("anna")
    anna = await protect(http, "anna", moved_clock)
    open_seal(replace(database, secret_key="another key of the platform, long enough"))
    assert (await log_in(http, anna.code())).code == "second_factor_invalid"
    assert (await log_in(http, anna.recovery_codes[0])).status == 200


# --- many at once


@BOTH
@pytest.mark.parametrize("kind", ["code of the authenticator", "recovery code"])
async def test_of_fifty_parallel_posts_of_one_code_one_is_accepted(
    http: TestClient, moved_clock: ManualClock, kind: str
) -> None:
    await person("anna")
    anna = await protect(http, "anna", moved_clock)
    code = anna.recovery_codes[0] if kind == "recovery code" else anna.code()
    before = await Login.all().count()
    found = await asyncio.gather(*(log_in(http, code) for _ in range(CROWD)))
    assert [answer.status for answer in found].count(200) == 1
    assert {answer.status for answer in found} <= {200, 401, 429}
    assert await Login.all().count() == before + 1


@BOTH
async def test_of_fifty_parallel_forms_of_one_challenge_one_is_accepted(
    http: TestClient, moved_clock: ManualClock
) -> None:
    """Each with a recovery code of its own, and with the same challenge."""
    await person("anna")
    anna = await protect(http, "anna", moved_clock)
    cookie = await half_way(http)
    before = await Login.all().count()
    codes = [anna.code(), *anna.recovery_codes]
    found = await asyncio.gather(*(give(http, cookie, codes[n % len(codes)]) for n in range(CROWD)))
    assert [location for _, location in found].count("/dashboard/") == 1
    assert await Login.all().count() == before + 1


# --- limits


async def test_sixth_failure_in_five_minutes_is_throttled(
    http: TestClient, moved_clock: ManualClock
) -> None:
    await person("anna")
    anna = await protect(http, "anna", moved_clock)
    for _ in range(5):
        assert (await log_in(http, wrong_code(anna.secret))).status == 401
    for code in (anna.code(), anna.recovery_codes[0]):
        refused = await log_in(http, code)
        assert (refused.status, refused.code) == (429, "throttled")
    moved_clock.advance(timedelta(minutes=5, seconds=1))
    assert (await log_in(http, anna.code())).status == 200


async def test_asking_for_the_code_is_no_failure(http: TestClient, moved_clock: ManualClock) -> None:
    await person("anna")
    anna = await protect(http, "anna", moved_clock)
    for _ in range(8):
        assert (await log_in(http)).code == "second_factor_required"
    assert (await log_in(http, anna.code())).status == 200


async def test_guesses_from_many_addresses_are_throttled_too(
    database: Settings, moved_clock: ManualClock
) -> None:
    settings = replace(database, trusted_proxies=("127.0.0.1",))
    async with TestClient(AppServer(build_app(settings), host="127.0.0.1")) as client:
        await person("anna")
        anna = await protect(client, "anna", moved_clock)

        async def guess(host: int, code: str) -> int:
            headers = {"X-Forwarded-For": f"198.51.100.{host}"}
            body = {"identifier": "anna", "password": PASSWORD, "code": code}
            return (await Api(client).post("/auth/login", body, headers=headers)).status

        for number in range(PER_ACCOUNT.count):
            assert await guess(number // 5, wrong_code(anna.secret)) == 401
        assert await guess(100, anna.code()) == 429
        moved_clock.advance(PER_ACCOUNT.period + timedelta(seconds=1))
        assert await guess(100, anna.code()) == 200


# --- the form


async def half_way(http: TestClient, **values: str) -> str:
    """The challenge that the browser got for a right password."""
    http.session.cookie_jar.clear()
    data = {"identifier": "anna", "password": PASSWORD, **values}
    found = await http.post("/auth/login", data=data, allow_redirects=False)
    assert found.status == 303
    assert found.headers["Location"].startswith("/auth/2fa")
    assert "peerlearn" not in found.cookies
    http.session.cookie_jar.clear()
    return found.cookies["peerlearn-2fa"].value


async def give(http: TestClient, challenge: str, code: str, **values: str) -> tuple[int, str]:
    headers = {"Cookie": f"peerlearn-2fa={challenge}"}
    found = await http.post(
        "/auth/2fa", data={"code": code, **values}, headers=headers, allow_redirects=False
    )
    http.session.cookie_jar.clear()
    return found.status, found.headers.get("Location", "")


async def test_form_asks_for_the_code_and_leads_on(http: TestClient, moved_clock: ManualClock) -> None:
    await person("anna")
    anna = await protect(http, "anna", moved_clock)
    data = {"identifier": "anna", "password": PASSWORD, "next": "/sessions/7?x=1"}
    page = await http.post("/auth/login", data=data)
    text = await page.text()
    assert page.url.path == "/auth/2fa"
    assert 'value="/sessions/7?x=1"' in text
    wrong = await http.post("/auth/2fa", data={"code": wrong_code(anna.secret), "next": "/sessions/7"})
    assert wrong.status == 401
    assert 'value="/sessions/7"' in await wrong.text()
    assert (await http.get("/api/v1/users/me")).status == 401
    data = {"code": anna.code(), "next": "/sessions/7"}
    done = await http.post("/auth/2fa", data=data, allow_redirects=False)
    assert (done.status, done.headers["Location"]) == (303, "/sessions/7")
    assert (await http.get("/api/v1/users/me")).status == 200


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example"])
async def test_code_never_leads_to_another_site(
    http: TestClient, moved_clock: ManualClock, target: str
) -> None:
    await person("anna")
    anna = await protect(http, "anna", moved_clock)
    assert await give(http, await half_way(http, next=target), anna.code(), next=target) == (
        303,
        "/dashboard/",
    )


async def test_challenge_works_once_and_for_minutes(http: TestClient, moved_clock: ManualClock) -> None:
    await person("anna")
    anna = await protect(http, "anna", moved_clock)
    used, late = await half_way(http), await half_way(http)
    assert await give(http, used, anna.code()) == (303, "/dashboard/")
    moved_clock.advance(STEP)
    assert (await give(http, used, anna.code()))[0] == 401
    moved_clock.advance(timedelta(minutes=5))
    assert (await give(http, late, anna.code()))[0] == 401


async def test_challenge_ends_with_a_new_password(http: TestClient, moved_clock: ManualClock) -> None:
    await person("anna")
    anna = await protect(http, "anna", moved_clock)
    challenge = await half_way(http)
    await Api(http).post("/auth/password-reset", {"email": ANNA})
    (reset,) = [mail for mail in await mails_to(ANNA) if "token=" in mail.text]
    token = reset.text.partition("token=")[2].split()[0]
    body = {"token": token, "password": "a completely new one"}
    assert (await Api(http).post("/auth/password-reset/confirm", body)).status == 200
    assert (await give(http, challenge, anna.code()))[0] == 401


async def test_challenge_is_stored_as_a_hash_and_kept_from_scripts(
    http: TestClient, moved_clock: ManualClock
) -> None:
    await person("anna")
    await protect(http, "anna", moved_clock)
    data = {"identifier": "anna", "password": PASSWORD}
    found = await http.post("/auth/login", data=data, allow_redirects=False)
    morsel = found.cookies["peerlearn-2fa"]
    assert (morsel["httponly"], morsel["samesite"]) == (True, "Lax")
    row = await OneTimeToken.get(purpose="second_factor")
    assert morsel.value not in row.token_hash


async def test_without_a_challenge_the_page_leads_to_the_password(http: TestClient) -> None:
    for _ in range(2):
        found = await http.get("/auth/2fa?next=/sessions/7")
        text = await found.text()
        assert found.status == 200
        assert 'href="/auth/login?next=%2Fsessions%2F7"' in text
        assert 'name="code"' not in text
        http.session.cookie_jar.update_cookies({"peerlearn-2fa": "x" * 43})
