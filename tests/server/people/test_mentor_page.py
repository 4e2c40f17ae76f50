"""A mentor's profile on its page: sent back, changed, and sent in again."""

from __future__ import annotations

import re

import pytest
from aiohttp.test_utils import TestClient

from server.edge.access import Viewer
from server.edge.amounts import settled_in
from server.people import service
from server.people.states import MentorStatus
from tests.factories import person
from tests.server.booking.makers import cookie

PATH = "/profile/edit/mentor"
WRITTEN = [
    ("headline", "Draws every query first"),
    ("bio", "Ten years of databases, in small groups."),
    ("languages", "en"),
    ("skills", "sql"),
]


@pytest.fixture
async def anna(database: object) -> Viewer:
    await service.add_skill("sql", "SQL")
    await service.add_skill("python", "Python")
    return await person("anna", "mentor", approved=False)


async def page(http: TestClient, viewer: Viewer) -> str:
    async with http.get(PATH, headers=await cookie(viewer)) as response:
        assert response.status == 200
        return await response.text()


async def send(http: TestClient, viewer: Viewer, fields: list[tuple[str, str]]) -> tuple[int, str]:
    """The status and the page that follows, or where it leads."""
    headers = await cookie(viewer)
    async with http.get(PATH, headers=headers) as response:
        token = re.search(r'name="csrf_token" value="([^"]+)"', await response.text())
    assert token
    data = [("csrf_token", token[1]), *fields]
    async with http.post(PATH, headers=headers, data=data, allow_redirects=False) as response:
        text = await response.text()
        return response.status, response.headers.get("Location", text)


async def test_reason_is_read_and_what_is_sent_waits_for_review_again(
    http: TestClient, anna: Viewer
) -> None:
    await service.replace_skills(anna.user_id, teach=[], want=["python"])
    await service.review_mentor(None, "anna", MentorStatus.CHANGES_REQUESTED, "How do you teach?")
    text = await page(http, anna)
    assert "How do you teach?" in text
    assert "Save and send it in" in text
    assert await send(http, anna, WRITTEN) == (303, f"{PATH}?done=saved")
    profile = await service.own_profile(anna.user_id)
    assert profile is not None
    assert (profile.status, profile.headline) == (MentorStatus.SUBMITTED, "Draws every query first")
    skills = await service.own_skills(anna.user_id)
    assert (skills.teach, skills.want) == (("sql",), ("python",))


async def test_approved_profile_stays_approved(http: TestClient, anna: Viewer) -> None:
    await service.review_mentor(None, "anna", MentorStatus.APPROVED)
    await send(http, anna, WRITTEN)
    assert await service.mentor_approved(anna.user_id)


@pytest.mark.parametrize("left_out", ["headline", "bio", "languages", "skills"])
async def test_missing_part_is_said_and_the_rest_is_kept(
    http: TestClient, anna: Viewer, left_out: str
) -> None:
    await service.review_mentor(None, "anna", MentorStatus.CHANGES_REQUESTED, "Please.")
    sent = [field for field in WRITTEN if field[0] != left_out]
    status, text = await send(http, anna, sent)
    assert (status, f'id="{left_out}-error"' in text) == (422, True)
    profile = await service.own_profile(anna.user_id)
    assert profile is not None
    assert (profile.status, profile.headline) == (MentorStatus.CHANGES_REQUESTED, "")


@pytest.mark.parametrize(
    ("typed", "currency", "kept"),
    [
        ("45", "EUR", 4500),
        ("45,50", "EUR", 4550),
        ("900", "JPY", 900),
        ("7.125", "KWD", 7125),
        ("0", "EUR", 0),
    ],
)
async def test_rate_is_kept_in_the_currencys_own_units(
    http: TestClient, anna: Viewer, typed: str, currency: str, kept: int
) -> None:
    with settled_in(currency):
        assert (await send(http, anna, [*WRITTEN, ("rate", typed)]))[0] == 303
        profile = await service.own_profile(anna.user_id)
        assert profile is not None
        assert (profile.rate_minor, profile.currency) == (kept, currency)
        assert f'value="{typed.replace(",", ".")}' in await page(http, anna)
        await send(http, anna, [*WRITTEN, ("rate", "")])
    profile = await service.own_profile(anna.user_id)
    assert profile is not None
    assert profile.rate_minor is None


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("rate", "4.505"),
        ("rate", "a lot"),
        ("rate", "-1"),
        ("rate", "9" * 9),
        ("languages", "xx-nothing"),
        ("headline", "Mail mira@example.org"),
        ("bio", "Call me: +49 30 1234567"),
    ],
)
async def test_what_is_wrong_is_said_beside_it_and_all_that_was_typed_stays(
    http: TestClient, anna: Viewer, field: str, typed: str
) -> None:
    sent = [one for one in WRITTEN if one[0] != field]
    status, text = await send(http, anna, [*sent, (field, typed)])
    assert (status, f'id="{field}-error"' in text) == (422, True)
    assert typed in text
    profile = await service.own_profile(anna.user_id)
    assert profile is not None
    assert (profile.headline, profile.rate_minor) == ("", None)


async def test_languages_are_kept_as_their_standard_writes_them(http: TestClient, anna: Viewer) -> None:
    await send(http, anna, [*WRITTEN, ("languages", "PT-br"), ("languages", "EN")])
    profile = await service.own_profile(anna.user_id)
    assert profile is not None
    assert profile.languages == ["en", "pt-BR"]
    assert "Brazilian Portuguese" in await page(http, anna)
