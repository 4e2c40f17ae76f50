"""Getting an account, by the API and by the page."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st

from config.settings import Settings
from server.accounts.models import Login, OneTimeToken, RoleGrant, User
from server.accounts.names import RESERVED, clean_email, clean_username, same
from server.app import build_app
from server.infra.clock import ManualClock
from server.people.models import MentorProfile, UserSkill
from server.people.service import add_skill
from tests.databases import BOTH
from tests.factories import PASSWORD, Answer, Api, person
from tests.server.accounts.mails import mails_to, token_for


def wanted(**values: Any) -> dict[str, Any]:
    return {
        "email": "anna@example.com",
        "username": "anna",
        "password": PASSWORD,
        "role": "learner",
        **values,
    }


async def register(http: TestClient, **values: Any) -> Answer:
    return await Api(http).post("/auth/register", wanted(**values))


async def test_registering_answers_name_and_address_and_nothing_else(http: TestClient) -> None:
    found = await register(http)
    assert found.status == 201
    assert found.data == {"user": {"username": "anna", "email": "anna@example.com"}}
    assert "Set-Cookie" not in found.headers
    assert await Login.all().count() == 0


async def test_password_is_stored_as_argon2id(http: TestClient) -> None:
    await register(http)
    assert (await User.get()).password_hash.startswith("$argon2id$")


async def test_mentor_waits_for_review(http: TestClient) -> None:
    await register(http, role="mentor")
    assert [grant.role for grant in await RoleGrant.all()] == ["mentor"]
    assert (await MentorProfile.get()).status == "submitted"


async def test_skills_and_interests_are_kept_under_their_own_names(http: TestClient) -> None:
    await add_skill("javascript", "JavaScript", ["JS"])
    await add_skill("git", "Git")
    assert (await register(http, skills=["js"], interests=["git"])).status == 201
    rows = await UserSkill.all().select_related("skill").order_by("id")
    assert [(row.kind, row.skill.slug) for row in rows] == [("teach", "javascript"), ("want", "git")]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "no address"),
        ("email", "a@"),
        ("email", f"{'a' * 300}@example.com"),
        ("username", "ab"),
        ("username", "with space"),
        ("username", "-anna"),
        ("username", "a" * 33),
        ("username", "Edit"),
        ("username", "../x"),
        ("password", "short"),
        ("password", "password"),
        ("password", "x" * 300),
        ("role", "admin"),
        ("role", "owner"),
        ("timezone", "Mars/Olympus"),
        ("timezone", "../../etc/passwd"),
        ("skills", ["no-such-skill"]),
        ("interests", ["no-such-skill"]),
        ("name", "\x07"),
    ],
)
async def test_bad_value_is_named(http: TestClient, field: str, value: Any) -> None:
    found = await register(http, **{field: value})
    assert (found.status, found.code) == (422, "invalid")
    assert field in found.fields
    assert await User.all().count() == 0


async def test_all_bad_values_are_named_at_once(http: TestClient) -> None:
    found = await register(http, email="x", username="x", password="x")
    assert found.fields.keys() == {"email", "username", "password"}


@pytest.mark.parametrize("password", ["learner-anna", "anna@example.com"])
async def test_password_that_repeats_the_account_is_refused(http: TestClient, password: str) -> None:
    assert "password" in (await register(http, username="learner-anna", password=password)).fields


# --- known names and addresses


@pytest.mark.parametrize("username", ["anna", "ANNA", "ａｎｎａ"])
async def test_known_username_is_told(http: TestClient, username: str) -> None:
    await person("anna")
    found = await register(http, username=username, email="other@example.com")
    assert (found.status, list(found.fields)) == (422, ["username"])


@pytest.mark.parametrize("email", ["anna@example.com", "Anna@Example.COM", "ＡＮＮＡ@example.com"])
async def test_known_address_gets_the_same_answer_and_a_mail(http: TestClient, email: str) -> None:
    await person("anna")
    await mails_to("anna@example.com")
    fresh = await register(http, username="one", email="fresh@example.com")
    known = await register(http, username="two", email=email)
    assert known.status == fresh.status == 201
    assert known.body.keys() == fresh.body.keys()
    assert known.body["message"] == fresh.body["message"]
    assert known.data["user"].keys() == fresh.data["user"].keys()
    assert known.data["user"]["username"] == "two"
    assert not await User.filter(username="two").exists()
    mails = await mails_to("anna@example.com")
    assert "already" in mails[0].subject


async def test_owner_of_an_address_is_not_flooded(http: TestClient) -> None:
    await person("anna")
    before = len(await mails_to("anna@example.com"))
    for number in range(6):
        await register(http, username=f"other{number}")
    assert len(await mails_to("anna@example.com")) == before + 3


@BOTH
async def test_parallel_registrations_of_one_name_make_one_account(http: TestClient) -> None:
    found = await asyncio.gather(
        *(register(http, email=f"anna{number}@example.com") for number in range(10))
    )
    assert sorted(answer.status for answer in found) == [201] + [422] * 9
    assert await User.all().count() == 1


@BOTH
async def test_parallel_registrations_of_one_address_make_one_account(http: TestClient) -> None:
    found = await asyncio.gather(*(register(http, username=f"anna{number}") for number in range(10)))
    assert [answer.status for answer in found] == [201] * 10
    assert await User.all().count() == 1
    subjects = [mail.subject for mail in await mails_to("anna@example.com")]
    assert len([subject for subject in subjects if "Confirm" in subject]) == 1


@given(st.text())
def test_spellings_have_one_key(text: str) -> None:
    assert same(same(text)) == same(text)


@given(st.text() | st.text(alphabet="abcDEF019._-ａ", max_size=34))
def test_accepted_usernames_are_safe_parts_of_an_address(text: str) -> None:
    try:
        name = clean_username(text)
    except ValueError:
        return
    assert name.isascii()
    assert 3 <= len(name) <= 32
    assert not set(name) & set("/?#%& \\")
    assert name not in RESERVED
    assert not name.startswith(".")


@pytest.mark.parametrize(
    "email",
    [
        "a@example.com",
        "a+b@sub.example.org",
        "me@localhost",
        "x@lab.test",
        "y@school.local",
        "ü@bücher.de",
    ],
)
def test_ordinary_and_internal_addresses_are_accepted(email: str) -> None:
    assert clean_email(f" {email} ") == email


# --- the mail


async def test_mail_leads_to_a_page_that_confirms_by_post(http: TestClient) -> None:
    await register(http)
    token = await token_for("anna@example.com")
    page = await http.get(f"/auth/verify?token={token}")
    assert page.status == 200
    assert not (await User.get()).email_verified_at
    assert f'value="{token}"' in await page.text()
    done = await http.post("/auth/verify", data={"token": token})
    assert done.status == 200
    assert (await User.get()).email_verified_at


async def test_mail_does_not_carry_a_strangers_words(http: TestClient) -> None:
    await register(http, name="Win money at evil.example")
    assert "evil.example" not in (await mails_to("anna@example.com"))[0].text


async def test_address_is_confirmed_by_the_api(http: TestClient) -> None:
    await register(http)
    token = await token_for("anna@example.com")
    assert (await Api(http).post("/auth/verify-email", {"token": token})).status == 200
    again = await Api(http).post("/auth/verify-email", {"token": token})
    assert (again.status, list(again.fields)) == (422, ["token"])


async def test_token_is_stored_as_a_hash(http: TestClient) -> None:
    await register(http)
    token = await token_for("anna@example.com")
    row = await OneTimeToken.get()
    assert token not in row.token_hash


async def test_token_ends_after_a_day(http: TestClient, moved_clock: ManualClock) -> None:
    await register(http)
    token = await token_for("anna@example.com")
    moved_clock.advance(timedelta(hours=24))
    assert (await Api(http).post("/auth/verify-email", {"token": token})).status == 422
    assert "no longer works" in await (await http.get(f"/auth/verify?token={token}")).text()


async def test_reset_token_does_not_confirm_and_the_other_way_round(http: TestClient) -> None:
    await register(http)
    verify = await token_for("anna@example.com")
    await Api(http).post("/auth/password-reset", {"email": "anna@example.com"})
    reset = await token_for("anna@example.com")
    assert (await Api(http).post("/auth/verify-email", {"token": reset})).status == 422
    body = {"token": verify, "password": "another good one"}
    assert (await Api(http).post("/auth/password-reset/confirm", body)).status == 422


@BOTH
async def test_token_works_for_one_of_many_at_once(http: TestClient) -> None:
    await register(http)
    token = await token_for("anna@example.com")
    calls = (Api(http).post("/auth/verify-email", {"token": token}) for _ in range(10))
    assert sorted([found.status for found in await asyncio.gather(*calls)]) == [200] + [422] * 9


# --- the page


async def test_page_makes_an_account_without_scripts(http: TestClient) -> None:
    data = wanted(role="mentor", name="Anna Ås", timezone="Europe/Oslo")
    found = await http.post("/auth/register", data=data, allow_redirects=False)
    assert (found.status, found.headers["Location"]) == (
        303,
        "/auth/check-mail?email=anna%40example.com",
    )
    user = await User.get()
    assert (user.name, user.timezone) == ("Anna Ås", "Europe/Oslo")
    assert await mails_to("anna@example.com")


async def test_page_shows_what_was_wrong_and_keeps_the_rest(http: TestClient) -> None:
    data = wanted(username="x", role="mentor", next="/sessions/1")
    found = await http.post("/auth/register", data=data)
    text = await found.text()
    assert found.status == 422
    assert "anna@example.com" in text
    assert "3 to 32" in text
    assert PASSWORD not in text
    again = await http.post("/auth/register", data={**data, "username": "anna"}, allow_redirects=False)
    assert again.headers["Location"].endswith("next=%2Fsessions%2F1")


async def test_page_gives_no_other_role_and_leads_to_no_other_site(http: TestClient) -> None:
    text = await (await http.get("/auth/register?role=admin&next=//evil.example")).text()
    assert "checked" not in text
    assert "evil.example" not in text


async def test_words_in_the_address_line_are_not_shown(http: TestClient) -> None:
    text = await (await http.get("/auth/check-mail?email=Call+0900+now")).text()
    assert "0900" not in text


# --- limits


async def test_registering_is_limited_by_address_in_production(database: Settings) -> None:
    settings = replace(database, env="production")
    async with TestClient(TestServer(build_app(settings), host="127.0.0.1")) as client:
        for number in range(20):
            found = await register(client, username=f"u{number:03}", email=f"u{number}@example.com")
            assert found.status == 201
        refused = await register(client, username="last", email="last@example.com")
        assert (refused.status, refused.code) == (429, "throttled")
        assert int(refused.headers["Retry-After"]) > 3000
