"""Registering step by step, without a script: nothing is lost, and nothing is told."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp.test_utils import TestClient

from server.accounts.models import RoleGrant, User
from server.accounts.registration import TERMS
from server.infra.clock import ManualClock
from server.people import service
from server.people.models import MentorProfile, Skill, UserSkill
from server.people.suggestions import nearest
from server.people.wizard import LIFETIME
from tests.databases import BOTH
from tests.factories import PASSWORD, Api, person
from tests.server.accounts.mails import mails_to, token_for

PAGE = "/auth/register"
ANNA = {"name": "Anna Ås", "username": "anna", "email": "anna@example.com", "password": PASSWORD}
Sent = dict[str, str] | list[tuple[str, str]]


@pytest.fixture(autouse=True)
async def taxonomy(database: object) -> None:
    await service.add_skill("python", "Python", ["py"])
    await service.add_skill("go", "Go", ["golang"])
    await service.add_skill("sql", "SQL", ["databases"])


async def send(http: TestClient, step: str, fields: Sent, do: str = "") -> tuple[int, str]:
    """The status, and the page or where it leads."""
    pairs = [("step", step), ("do", do), *(fields.items() if isinstance(fields, dict) else fields)]
    async with http.post(PAGE, data=pairs, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location", await answer.text())


async def page(http: TestClient, query: str = "") -> str:
    async with http.get(PAGE + query) as answer:
        assert answer.status == 200
        return await answer.text()


def asked(text: str) -> str:
    """The step that a page asks for."""
    found = re.search(r'name="step" value="(\w+)"', text)
    assert found
    return found[1]


async def walk(http: TestClient) -> None:
    """To the last step, as somebody who learns and teaches."""
    both = [("role", "learner"), ("role", "mentor"), ("zone", "Europe/Oslo")]
    assert await send(http, "roles", both) == (303, f"{PAGE}?step=account")
    assert await send(http, "account", ANNA) == (303, f"{PAGE}?step=skills")
    wishes = [("want", "python"), ("want_word", "Golang"), ("teach", "sql")]
    assert await send(http, "skills", wishes) == (303, f"{PAGE}?step=finish")


@BOTH
async def test_one_account_holds_both_roles_with_skills_zone_and_terms(http: TestClient) -> None:
    await walk(http)
    assert await User.all().count() == 0
    status, target = await send(http, "finish", {"terms": "yes"})
    assert (status, target) == (303, "/auth/check-mail?email=anna%40example.com")
    user = await User.get()
    assert (user.name, user.timezone, user.terms_version) == ("Anna Ås", "Europe/Oslo", TERMS)
    assert user.last_role == "learner"
    assert {grant.role for grant in await RoleGrant.all()} == {"learner", "mentor"}
    assert (await MentorProfile.get()).status == "submitted"
    rows = await UserSkill.all().select_related("skill")
    assert {(row.kind, row.skill.slug) for row in rows} == {
        ("want", "python"),
        ("want", "go"),
        ("teach", "sql"),
    }
    login = await Api(http).post("/auth/login", {"identifier": "anna", "password": PASSWORD})
    assert login.status == 200
    assert await mails_to("anna@example.com")


async def test_chosen_session_survives_registration_and_verification(http: TestClient) -> None:
    await page(http, "?role=learner&next=/sessions/7")
    await walk(http)
    _, target = await send(http, "finish", {"terms": "yes"})
    assert parse_qs(urlsplit(target).query)["next"] == ["/sessions/7"]
    async with http.get(target) as mail_page:
        assert 'href="/auth/login?next=/sessions/7"' in await mail_page.text()
    http.session.cookie_jar.clear()  # the mail is read on another device
    await http.post("/auth/verify", data={"token": await token_for("anna@example.com")})
    who = {"identifier": "anna", "password": PASSWORD}
    await http.post("/auth/login", data=who, allow_redirects=False)
    async with http.get("/dashboard/", allow_redirects=False) as first:
        assert first.headers["Location"] == "/sessions/7"
    async with http.get("/dashboard/", allow_redirects=False) as second:
        assert second.headers["Location"] == "/dashboard/learner/overview"


async def test_wizard_resumes_where_it_was_left(http: TestClient, moved_clock: ManualClock) -> None:
    await walk(http)
    text = await page(http)
    assert asked(text) == "finish"
    assert "anna@example.com" in text
    assert '<option value="Europe/Oslo" selected' in text
    moved_clock.advance(LIFETIME)
    assert asked(await page(http)) == "roles"


async def test_going_back_loses_nothing(http: TestClient) -> None:
    await walk(http)
    assert await send(http, "finish", {}, "back") == (303, f"{PAGE}?step=skills")
    text = await page(http)
    assert re.findall(r'value="(\w+)" checked', text) == ["go", "python", "sql"]
    wrong = {"name": "Typed", "username": "x", "email": "half@", "password": ""}
    assert await send(http, "account", wrong, "back") == (303, f"{PAGE}?step=roles")
    text = await page(http, "?step=account")
    assert all(value in text for value in ("Typed", "half@", "You have chosen one"))
    assert await send(http, "account", {**ANNA, "password": ""}) == (303, f"{PAGE}?step=skills")
    await send(http, "finish", {"terms": "yes"})
    login = await Api(http).post("/auth/login", {"identifier": "anna", "password": PASSWORD})
    assert login.status == 200


async def test_beginning_anew_forgets(http: TestClient) -> None:
    await walk(http)
    assert await send(http, "finish", {}, "restart") == (303, PAGE)
    assert asked(await page(http, "?step=finish")) == "roles"


@pytest.mark.parametrize(
    ("step", "fields", "field"),
    [
        ("roles", {}, "role"),
        ("roles", {"role": "admin"}, "role"),
        ("account", {**ANNA, "email": "nobody"}, "email"),
        ("account", {**ANNA, "username": "admin"}, "username"),
        ("account", {**ANNA, "name": ""}, ""),
        ("skills", {"want_word": "pyhton"}, "want_word"),
        ("skills", {"want": "no-such-skill"}, "want"),
        ("finish", {"timezone": "Europe/Berlin"}, "terms"),
        ("finish", {"terms": "yes", "timezone": "Mars/Olympus"}, "timezone"),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field(
    http: TestClient, step: str, fields: dict[str, str], field: str
) -> None:
    await walk(http)
    status, text = await send(http, step, fields)
    assert status == (422 if field else 303)
    if field:
        assert f'id="{field}-error"' in text
    assert await User.all().count() == 0


async def test_word_that_is_no_skill_brings_what_is_near(http: TestClient) -> None:
    await walk(http)
    _, text = await send(http, "skills", {"want_word": "pyhton", "teach": "sql"})
    assert "Did you mean Python?" in text
    assert 'value="pyhton"' in text
    assert await Skill.all().count() == 3


async def test_later_step_waits_for_the_earlier(http: TestClient) -> None:
    assert asked(await page(http, "?step=finish")) == "roles"
    await send(http, "finish", {"terms": "yes", "role": "learner"})
    assert await User.all().count() == 0


async def test_known_address_gets_the_same_answers(http: TestClient) -> None:
    await person("other")
    await User.all().update(email="anna@example.com", email_key="anna@example.com")
    await walk(http)
    status, target = await send(http, "finish", {"terms": "yes"})
    assert (status, target) == (303, "/auth/check-mail?email=anna%40example.com")
    assert await User.all().count() == 1
    assert (await mails_to("anna@example.com"))[0].subject == "You already have an account"


async def test_username_taken_meanwhile_leads_back_to_it(http: TestClient) -> None:
    await walk(http)
    await person("anna")
    status, text = await send(http, "finish", {"terms": "yes"})
    assert (status, asked(text)) == (422, "account")
    assert 'id="username-error"' in text


async def test_cookie_tells_nothing_and_takes_nothing(http: TestClient) -> None:
    await walk(http)
    jar = http.session.cookie_jar
    (cookie,) = [one for one in jar if one.key == "peerlearn-register"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert len(cookie.value) < 4000
    changed = cookie.value[:-3] + ("AAA" if cookie.value[-3:] != "AAA" else "BBB")
    for forged in (changed, "x", "é" * 10, ""):
        headers = {"Cookie": f"peerlearn-register={forged}"}
        jar.clear()
        async with http.get(f"{PAGE}?step=finish", headers=headers) as answer:
            assert (answer.status, asked(await answer.text())) == (200, "roles")


def test_nearest_spelling_comes_first() -> None:
    skills = [
        Skill(id=1, slug="python", name="Python", aliases=["py"]),
        Skill(id=2, slug="photography", name="Photography", aliases=[]),
        Skill(id=3, slug="go", name="Go", aliases=["golang"]),
    ]
    assert [skill.slug for skill in nearest("py", skills)] == ["python"]
    assert [skill.slug for skill in nearest("golnag", skills)] == ["go"]
    assert [skill.slug for skill in nearest("ho", skills)] == ["photography", "python"]
    assert nearest("zzzz", skills) == []


async def test_api_suggests_by_any_spelling(http: TestClient) -> None:
    found = await Api(http).get("/skills?q=golnag")
    assert found.data["items"] == [{"slug": "go", "name": "Go"}]
    assert len((await Api(http).get("/skills")).data["items"]) == 3
