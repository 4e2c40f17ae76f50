"""What people tell of themselves, and what others see of it."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from server.accounts.models import User
from server.people import service
from tests.databases import BOTH
from tests.factories import Api, api_of, person


@pytest.fixture
async def anna(http: TestClient) -> Api:
    await person("anna", "mentor")
    await service.add_skill("python", "Python", ["py", "python3"])
    await service.add_skill("git", "Git")
    return await api_of(http, "anna")


async def test_me_is_all_that_is_mine(anna: Api) -> None:
    me = (await anna.get("/users/me")).data
    assert me["email"] == "anna@example.com"
    assert me["verified"] is True
    assert me["roles"] == ["mentor"]
    assert me["mentor"]["status"] == "approved"
    assert not {"password_hash", "email_key", "status"} & me.keys()


async def test_learner_has_no_mentor_part(http: TestClient) -> None:
    await person("ben")
    assert (await (await api_of(http, "ben")).get("/users/me")).data["mentor"] is None


async def test_changes_are_kept_and_the_rest_stays(anna: Api) -> None:
    changed = await anna.call("PATCH", "/users/me", {"name": " Anna  Ås ", "timezone": "Europe/Oslo"})
    assert (changed.data["name"], changed.data["timezone"]) == ("Anna Ås", "Europe/Oslo")
    changed = await anna.call(
        "PATCH", "/users/me", {"headline": "Explains", "languages": ["en", "pt-BR"]}
    )
    assert changed.data["name"] == "Anna Ås"
    assert changed.data["mentor"]["languages"] == ["en", "pt-BR"]
    waiting = changed.data["mentor"]["revision"]
    assert (waiting["status"], waiting["changes"]) == (
        "submitted",
        [{"part": "headline", "old": "", "new": "Explains"}],
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 101),
        ("timezone", "Nowhere/City"),
        ("headline", "x" * 141),
        ("bio", "x" * 5001),
        ("languages.0", ["not a language"]),
    ],
)
async def test_bad_change_is_named_and_changes_nothing(anna: Api, field: str, value: Any) -> None:
    body = {"name": "Other", field.partition(".")[0]: value}
    found = await anna.call("PATCH", "/users/me", body)
    assert (found.status, list(found.fields)) == (422, [field])
    assert (await User.get()).name == "Anna"


async def test_roles_and_standing_can_not_be_set_by_oneself(anna: Api) -> None:
    body = {"roles": ["owner"], "status": "active", "email": "x@example.com", "verified": True}
    me = (await anna.call("PATCH", "/users/me", body)).data
    assert me["roles"] == ["mentor"]
    assert me["email"] == "anna@example.com"


@pytest.mark.parametrize("role", ["admin", "owner", "nonsense"])
async def test_nobody_takes_a_role_that_is_given(anna: Api, role: str) -> None:
    assert (await anna.post("/users/me/roles", {"role": role})).status == 403


async def test_mentor_may_learn_and_learner_may_teach(http: TestClient, anna: Api) -> None:
    assert (await anna.post("/users/me/roles", {"role": "learner"})).data["roles"] == [
        "learner",
        "mentor",
    ]
    await person("ben")
    ben = await api_of(http, "ben")
    me = (await ben.post("/users/me/roles", {"role": "mentor"})).data
    assert me["roles"] == ["learner", "mentor"]
    assert me["mentor"]["status"] == "submitted"
    again = (await ben.post("/users/me/roles", {"role": "mentor"})).data
    assert again["mentor"]["status"] == "submitted"


async def test_skills_are_replaced_and_aliases_are_understood(anna: Api) -> None:
    kept = (await anna.call("PUT", "/users/me/skills", {"teach": ["PY", "git"], "want": ["git"]})).data
    assert (kept["teach"], kept["want"]) == (["python", "git"], ["git"])
    assert (await anna.get("/users/me/skills")).data == kept
    kept = (await anna.call("PUT", "/users/me/skills", {"teach": ["python", "python3", "py"]})).data
    assert (kept["teach"], kept["want"]) == (["python"], [])


async def test_unknown_skill_is_named_and_changes_nothing(anna: Api) -> None:
    await anna.call("PUT", "/users/me/skills", {"teach": ["git"]})
    found = await anna.call("PUT", "/users/me/skills", {"teach": ["python"], "want": ["magic"]})
    assert (found.status, list(found.fields)) == (422, ["want"])
    assert (await anna.get("/users/me/skills")).data["teach"] == ["git"]


async def test_everybody_sees_what_is_public_and_no_more(http: TestClient, anna: Api) -> None:
    await anna.call("PUT", "/users/me/skills", {"teach": ["python"], "want": ["git"]})
    found = await Api(http).get("/users/ANNA")
    assert found.status == 200
    assert found.data["teaches"] == ["python"]
    assert found.data["approved_mentor"] is True
    assert "anna@example.com" not in str(found.body)
    assert "git" not in str(found.body)


@BOTH
@pytest.mark.parametrize("username", ["nobody", "%00", "a" * 500, "%ff"])
async def test_unknown_person_is_not_found(http: TestClient, username: str) -> None:
    assert (await Api(http).get(f"/users/{username}")).status == 404


async def test_suspended_person_is_not_found(http: TestClient, anna: Api) -> None:
    await User.all().update(status="suspended")
    assert (await Api(http).get("/users/anna")).status == 404
    assert (await anna.get("/users/me")).status == 401


async def test_taxonomy_is_listed_by_name(http: TestClient, anna: Api) -> None:
    items = (await Api(http).get("/skills")).data["items"]
    assert items == [{"slug": "git", "name": "Git"}, {"slug": "python", "name": "Python"}]


@BOTH
async def test_slugs_keep_their_order_and_come_once(database: object) -> None:
    for slug in ("a1", "b1", "c1"):
        await service.add_skill(slug, slug.upper(), [f"{slug}-alias"])
    found = await service.skills_by_slug(["c1", "A1-ALIAS", "c1", "b1"])
    assert [skill.slug for skill in found] == ["c1", "a1", "b1"]
