"""Taking up the other role with the same account, without a script."""

from __future__ import annotations

import pytest
from aiohttp.test_utils import TestClient

from server.accounts import service as accounts
from server.people.models import MentorProfile
from tests.server.booking.makers import bearer, person

PAGE = "/profile/edit/role"


@pytest.mark.parametrize(
    ("has", "gets", "words", "leads"),
    [
        ("learner", "mentor", "Become a mentor", "/profile/edit/mentor"),
        ("mentor", "learner", "Become a learner", "/dashboard/learner/overview"),
    ],
)
async def test_other_role_is_taken_up_once(
    http: TestClient, has: str, gets: str, words: str, leads: str
) -> None:
    anna = await person("anna", has)
    headers = await bearer(anna)
    async with http.get(PAGE, headers=headers) as page:
        assert words in await page.text()
    for expected in (leads, "/dashboard/"):
        async with http.post(PAGE, headers=headers, allow_redirects=False) as answer:
            assert answer.headers["Location"] == expected
    assert (await accounts.get_viewer(anna.user_id)).roles == {has, gets}
    assert await MentorProfile.all().count() == 1
    async with http.get(PAGE, headers=headers, allow_redirects=False) as page:
        assert page.headers["Location"] == "/dashboard/"


async def test_who_is_signed_in_and_wants_to_register_takes_up_the_role(http: TestClient) -> None:
    headers = await bearer(await person("anna"))
    for role, leads in (("mentor", PAGE), ("learner", "/dashboard/")):
        path = f"/auth/register?role={role}"
        async with http.get(path, headers=headers, allow_redirects=False) as answer:
            assert answer.headers["Location"] == leads
