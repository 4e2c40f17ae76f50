"""Every setting, seen by everybody, on every surface that shows people."""

from __future__ import annotations

import io
import itertools
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from server.accounts import service as accounts
from server.booking import service as booking
from server.edge.access import Viewer
from server.people import circle
from server.people.gallery import gallery, use_picture
from server.people.privacy import DEFAULTS, Audience, Privacy, privacy_of, set_privacy, visible
from tests.databases import BOTH
from tests.factories import Api
from tests.server.booking.makers import bearer, mentor, person, published
from tests.server.people.drawing import picture

NAME, PICTURE = "Mirabel Quill", "/media/pictures/"
NO_PICTURES = ("API session", "API sessions")  # they tell names alone
SEES = {
    Audience.EVERYONE: {"guest": True, "member": True, "own": True},
    Audience.MEMBERS: {"guest": False, "member": True, "own": True},
    Audience.NOBODY: {"guest": False, "member": False, "own": True},
}


@dataclass(slots=True)
class Town:
    """Mirabel teaches, lea has a seat and is followed by her; guest, member and she ask."""

    http: TestClient
    mira: Viewer
    headers: dict[str, dict[str, str]]
    session: Any

    def pages(self) -> dict[str, str]:
        return {
            "profile": "/profile/mira",
            "followers": "/profile/lea/followers",
            "session": f"/sessions/{self.session}",
            "browse": "/sessions/",
            "landing": "/",
            "API profile": "/api/v1/users/mira",
            "API followers": "/api/v1/users/lea/followers",
            "API session": f"/api/v1/sessions/{self.session}",
            "API sessions": "/api/v1/sessions",
        }

    async def read(self, path: str, who: str) -> str:
        """What an address says to somebody, without the menu that tells who is signed in."""
        async with self.http.get(path, headers=self.headers[who]) as response:
            assert response.status == 200, path
            text = await response.text()
        return text.rpartition("<main")[2] or text


@pytest.fixture
async def town(http: TestClient) -> Town:
    mira, lea = await mentor(), await person("lea")
    await accounts.change_profile(mira.user_id, name=NAME)
    await use_picture(mira.user_id, await gallery().take_in(io.BytesIO(picture())))
    await circle.follow(mira, "lea")
    session = await published(mira, capacity=3)
    await booking.book_session(session, lea)
    headers = {"guest": {}, "member": await bearer(lea), "own": await bearer(mira)}
    return Town(http, mira, headers, session)


@pytest.mark.parametrize("audience", Audience)
async def test_name_and_picture_are_seen_by_whom_the_settings_say_on_every_surface(
    town: Town, audience: Audience
) -> None:
    await set_privacy(town.mira.user_id, Privacy(real_name=audience, picture=audience))
    wrong = []
    for (surface, path), who in itertools.product(town.pages().items(), SEES[audience]):
        text, sees = await town.read(path, who), SEES[audience][who]
        pictured = PICTURE in text if surface not in NO_PICTURES else sees
        if (NAME in text, pictured) != (sees, sees):
            wrong.append((surface, who, NAME in text, pictured))
    assert wrong == []


@pytest.mark.parametrize("audience", Audience)
async def test_hidden_name_is_not_found_by_searching_for_it(town: Town, audience: Audience) -> None:
    await set_privacy(town.mira.user_id, Privacy(real_name=audience))
    for who, sees in SEES[audience].items():
        found = await Api(town.http, headers=town.headers[who]).get("/sessions?q=Quill")
        assert found.data["total"] == int(sees), who


@pytest.mark.parametrize("audience", Audience)
async def test_follow_lists_are_for_whom_the_settings_say(town: Town, audience: Audience) -> None:
    await set_privacy(town.mira.user_id, Privacy(follow_list=audience))
    for who, sees in SEES[audience].items():
        api = Api(town.http, headers=town.headers[who])
        for direction in ("followers", "following"):
            assert (await api.get(f"/users/mira/{direction}")).status == (200 if sees else 404)
            async with town.http.get(f"/profile/mira/{direction}", headers=api.headers) as page:
                assert page.status == (200 if sees else 404)
        counted = (await api.get("/users/mira")).data["following"]
        assert counted == (1 if sees else None)


@BOTH
async def test_settings_are_kept_and_the_first_are_the_defaults(database: object) -> None:
    anna = await person("anna")
    assert await privacy_of(anna.user_id) == DEFAULTS
    for wanted in (Privacy(real_name=Audience.NOBODY, recommendations=False), Privacy()):
        await set_privacy(anna.user_id, wanted)
        assert await privacy_of(anna.user_id) == wanted


@BOTH
async def test_people_are_seen_in_one_go_with_blocks(database: object) -> None:
    anna, ben, cleo = [await person(name) for name in ("anna", "ben", "cleo")]
    await set_privacy(ben.user_id, Privacy(real_name=Audience.MEMBERS))
    await circle.block(cleo, "anna")
    ids = [ben.user_id, cleo.user_id, 999_999]
    as_anna, as_guest = await visible(anna.user_id, ids), await visible(None, ids)
    assert {key: (one.name, one.blocked) for key, one in as_anna.items()} == {
        ben.user_id: ("Ben", False),
        cleo.user_id: ("Cleo", True),
    }
    assert (as_guest[ben.user_id].name, as_guest[cleo.user_id].blocked) == ("ben", False)


async def test_settings_travel_by_the_api(http: TestClient) -> None:
    api = Api(http, headers=await bearer(await person("anna")))
    assert (await api.get("/users/me/privacy")).data["real_name"] == "everyone"
    wanted = {"real_name": "nobody", "picture": "members", "recommendations": True}
    kept = (await api.call("PUT", "/users/me/privacy", wanted)).data
    assert (kept["real_name"], kept["picture"], kept["follow_list"]) == ("nobody", "members", "everyone")
    refused = await api.call("PUT", "/users/me/privacy", {"real_name": "friends"})
    assert (refused.status, list(refused.fields)) == (422, ["real_name"])
