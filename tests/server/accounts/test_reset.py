"""A new password for who forgot theirs, and verification mails sent again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient

from server.accounts.models import User
from server.infra.clock import ManualClock
from tests.factories import PASSWORD, Api, api_of, person
from tests.server.accounts.mails import mails_to, token_for

NEW = "a completely new one"
ANNA = "anna@example.com"


async def ask(http: TestClient, email: str = ANNA) -> None:
    found = await Api(http).post("/auth/password-reset", {"email": email})
    assert found.status == 200


async def confirm(http: TestClient, token: str, password: str = NEW) -> int:
    body = {"token": token, "password": password}
    return (await Api(http).post("/auth/password-reset/confirm", body)).status


async def log_in(http: TestClient, password: str) -> int:
    body = {"identifier": "anna", "password": password}
    return (await Api(http).post("/auth/login", body)).status


async def test_new_password_replaces_the_old_and_ends_all_logins(http: TestClient) -> None:
    await person("anna", verified=False)
    api = await api_of(http, "anna")
    await ask(http)
    assert await confirm(http, await token_for(ANNA)) == 200
    assert (await api.get("/users/me")).status == 401
    assert await log_in(http, PASSWORD) == 401
    assert await log_in(http, NEW) == 200
    assert (await User.get()).email_verified_at


async def test_unknown_address_gets_the_same_answer_and_no_mail(http: TestClient) -> None:
    await person("anna")
    known = await Api(http).post("/auth/password-reset", {"email": ANNA})
    unknown = await Api(http).post("/auth/password-reset", {"email": "nobody@example.com"})
    assert known.status == unknown.status == 200
    assert known.body["message"] == unknown.body["message"]
    assert await mails_to("nobody@example.com") == []


async def test_token_works_once_and_so_does_the_newest_of_several(http: TestClient) -> None:
    await person("anna")
    await ask(http)
    first = await token_for(ANNA)
    await ask(http)
    second = await token_for(ANNA)
    assert await confirm(http, second) == 200
    assert await confirm(http, second, PASSWORD) == 422
    assert await confirm(http, first, PASSWORD) == 422


async def test_token_ends_after_an_hour(http: TestClient, moved_clock: ManualClock) -> None:
    await person("anna")
    await ask(http)
    token = await token_for(ANNA)
    moved_clock.advance(timedelta(hours=1))
    assert await confirm(http, token) == 422


async def test_bad_password_does_not_use_the_token_up(http: TestClient) -> None:
    await person("anna")
    await ask(http)
    token = await token_for(ANNA)
    assert await confirm(http, token, "short") == 422
    assert await confirm(http, token) == 200


async def test_one_person_gets_five_mails_a_day(http: TestClient, moved_clock: ManualClock) -> None:
    await person("anna")
    before = len(await mails_to(ANNA))
    for _ in range(8):
        await ask(http)
    assert len(await mails_to(ANNA)) == before + 5
    moved_clock.advance(timedelta(days=1, seconds=1))
    await ask(http)
    assert len(await mails_to(ANNA)) == before + 6


async def test_mail_leads_to_our_own_address_whatever_the_host(http: TestClient) -> None:
    await person("anna")
    body = {"email": ANNA}
    await http.post("/api/v1/auth/password-reset", json=body, headers={"Host": "evil.example"})
    mail = (await mails_to(ANNA))[0]
    assert "evil.example" not in mail.text + mail.html


async def test_page_sets_a_new_password_without_scripts(http: TestClient) -> None:
    await person("anna")
    asked = await http.post("/auth/reset", data={"email": ANNA})
    assert "on its way" in await asked.text()
    token = await token_for(ANNA)
    page = await (await http.get(f"/auth/reset?token={token}")).text()
    assert f'value="{token}"' in page
    bad = await http.post("/auth/reset", data={"token": token, "password": "short"})
    assert bad.status == 422
    assert f'value="{token}"' in await bad.text()
    done = await http.post("/auth/reset", data={"token": token, "password": NEW})
    assert done.status == 200
    assert await log_in(http, NEW) == 200


@pytest.mark.parametrize("token", ["x", "0" * 43, "é", "<script>"])
async def test_page_of_a_bad_token_says_so(http: TestClient, token: str) -> None:
    for path in ("/auth/reset", "/auth/verify"):
        text = await (await http.get(path, params={"token": token})).text()
        assert "no longer works" in text
        assert "<script>" not in text.replace('<script nonce="', "")


# --- the verification mail again


async def test_verification_mail_is_sent_again(http: TestClient) -> None:
    await person("anna", verified=False)
    api = await api_of(http, "anna")
    before = len(await mails_to(ANNA))
    assert (await api.post("/auth/verify-email/resend")).status == 200
    assert len(await mails_to(ANNA)) == before + 1
    for _ in range(4):
        await api.post("/auth/verify-email/resend")
    assert (await api.post("/auth/verify-email/resend")).status == 429


async def test_verified_people_get_no_further_mail(http: TestClient) -> None:
    await person("anna")
    before = len(await mails_to(ANNA))
    assert (await (await api_of(http, "anna")).post("/auth/verify-email/resend")).status == 200
    assert len(await mails_to(ANNA)) == before


async def test_resending_to_an_address_tells_nothing(http: TestClient) -> None:
    await person("anna", verified=False)
    before = len(await mails_to(ANNA))
    answers = [
        await Api(http).post("/auth/verify-email/resend", {"email": email})
        for email in (ANNA, "nobody@example.com")
    ]
    assert [found.status for found in answers] == [200, 200]
    assert answers[0].body["message"] == answers[1].body["message"]
    assert len(await mails_to(ANNA)) == before + 1
    assert (await Api(http).post("/auth/verify-email/resend")).status == 401


async def test_page_sends_the_mail_again(http: TestClient) -> None:
    await person("anna", verified=False)
    before = len(await mails_to(ANNA))
    assert (await http.post("/auth/check-mail", data={"email": ANNA})).status == 200
    assert len(await mails_to(ANNA)) == before + 1
