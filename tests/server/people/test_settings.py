"""The pages on which people write about themselves, without a script."""

from __future__ import annotations

import re

import pytest
from aiohttp.test_utils import TestClient

from server.edge.access import Viewer
from server.people import service
from server.people.models import UserSkill
from server.people.privacy import Audience, Privacy, privacy_of, set_privacy
from tests.factories import Api
from tests.server.booking.makers import bearer, cookie, person, skill

Sent = list[tuple[str, str]]


@pytest.fixture
async def lea(http: TestClient) -> Viewer:
    for slug, name in (("python", "Python"), ("sql", "SQL")):
        await skill(slug, name)
    await service.add_skill("go", "Go", ["golang"])
    return await person("lea")


async def send(http: TestClient, viewer: Viewer, name: str, fields: Sent) -> tuple[int, str]:
    """The status and the page, or where it leads."""
    path, headers = f"/profile/edit/{name}", await cookie(viewer)
    async with http.get(path, headers=headers) as page:
        token = re.search(r'name="csrf_token" value="([^"]+)"', await page.text())
    assert token
    data = [("csrf_token", token[1]), *fields]
    async with http.post(path, headers=headers, data=data, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location", await answer.text())


async def test_basics_are_kept(http: TestClient, lea: Viewer) -> None:
    fields = [("name", "Lea Vogt"), ("about", "I <b>learn</b>."), ("timezone", "Europe/Berlin")]
    assert await send(http, lea, "basic", fields) == (303, "/profile/edit/basic?done=saved")
    me = (await Api(http, headers=await bearer(lea)).get("/users/me")).data
    assert (me["name"], me["about"], me["timezone"]) == ("Lea Vogt", "I <b>learn</b>.", "Europe/Berlin")
    async with http.get("/profile/lea") as page:
        assert "I &lt;b&gt;learn&lt;/b&gt;." in await page.text()


@pytest.mark.parametrize(
    ("field", "value"), [("name", " "), ("about", "x" * 2001), ("timezone", "Nowhere/City")]
)
async def test_wrong_basics_are_said_and_what_was_typed_stays(
    http: TestClient, lea: Viewer, field: str, value: str
) -> None:
    typed = {"name": "Someone Else", "about": "Typed.", "timezone": "Europe/Berlin", field: value}
    status, text = await send(http, lea, "basic", list(typed.items()))
    assert (status, f'id="{field}-error"' in text) == (422, True)
    assert all(kept in text for name, kept in typed.items() if name not in (field, "timezone"))
    assert (await Api(http, headers=await bearer(lea)).get("/users/me")).data["name"] == "Lea"


async def test_skills_are_added_by_any_spelling_given_levels_and_removed(
    http: TestClient, lea: Viewer
) -> None:
    for fields in (
        [("add", "want"), ("want", "golang"), ("want_level", "beginner")],
        [("add", "teach"), ("teach", "sql"), ("level:want:go", "advanced")],
        [("add", "want"), ("want", "python")],
        [("remove", "want:python")],
    ):
        assert (await send(http, lea, "skills", fields))[0] == 303
    kept = await service.own_skills(lea.user_id)
    assert (kept.want, kept.teach) == (("go",), ("sql",))
    assert kept.levels == {"teach": {}, "want": {"go": "advanced"}}


@pytest.mark.parametrize("typed", ["", "magic"])
async def test_skill_that_is_none_is_said(http: TestClient, lea: Viewer, typed: str) -> None:
    status, text = await send(http, lea, "skills", [("add", "want"), ("want", typed)])
    assert (status, 'id="want-error"' in text) == (422, True)


async def test_level_that_was_verified_stays_whatever_is_sent(http: TestClient, lea: Viewer) -> None:
    await service.replace_skills(lea.user_id, teach=["sql"], want=[])
    await UserSkill.all().update(level="advanced", level_basis="verified")
    await send(http, lea, "skills", [("level:teach:sql", "beginner")])
    await service.replace_skills(lea.user_id, teach=["go", "sql"], want=[])
    row = await UserSkill.get(skill__slug="sql")
    assert (row.level, row.level_basis) == ("advanced", "verified")


async def test_privacy_is_kept_and_an_empty_box_is_no(http: TestClient, lea: Viewer) -> None:
    fields = [("real_name", "nobody"), ("picture", "members"), ("follow_list", "nobody")]
    assert (await send(http, lea, "privacy", [*fields, ("messages", "nobody")]))[0] == 303
    kept = await privacy_of(lea.user_id)
    assert (kept.real_name, kept.recommendations) == (Audience.NOBODY, False)
    assert (await send(http, lea, "privacy", [("real_name", "friends")]))[0] == 422
    assert await privacy_of(lea.user_id) == kept


async def test_lists_of_who_is_hidden_tell_the_username_alone(http: TestClient, lea: Viewer) -> None:
    await set_privacy(lea.user_id, Privacy(real_name=Audience.NOBODY, picture=Audience.NOBODY))
    async with http.get("/profile/lea") as page:
        text = await page.text()
    assert "<h1>lea</h1>" in text
    assert re.search(r"\bLea\b", text) is None
