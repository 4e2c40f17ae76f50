"""Following and blocking."""

from __future__ import annotations

import pytest
from aiohttp.test_utils import TestClient

from server.booking import service as booking
from server.edge.access import Viewer
from server.infra.db import IntegrityError
from server.infra.errors import Conflict, NotFound
from server.people import circle
from server.people.models import Block, Follow
from server.people.privacy import Audience, Privacy, may_message, set_privacy
from tests.databases import BOTH
from tests.factories import Api
from tests.server.booking.makers import bearer, mentor, person, published

pytestmark = BOTH


@pytest.fixture
async def anna(database: object) -> Viewer:
    return await person("anna")


@pytest.fixture
async def ben(database: object) -> Viewer:
    return await person("ben")


async def names(username: str, direction: circle.Direction, viewer: Viewer | None = None) -> list[str]:
    found, total = await circle.circle(username, direction, viewer.user_id if viewer else None, 0, 20)
    assert total == len(found)
    return [face.username for face in found]


async def test_following_twice_is_following(anna: Viewer, ben: Viewer) -> None:
    for _ in range(2):
        await circle.follow(anna, "BEN")
    assert await names("ben", "followers") == ["anna"]
    assert await names("anna", "following") == ["ben"]
    for _ in range(2):
        await circle.unfollow(anna, "ben")
    assert await names("ben", "followers") == []


async def test_nobody_follows_or_blocks_themselves(anna: Viewer) -> None:
    for action in (circle.follow, circle.block):
        with pytest.raises(Conflict):
            await action(anna, "anna")
    with pytest.raises(IntegrityError):
        await Follow.create(follower_id=anna.user_id, followed_id=anna.user_id, created_at="2026-01-01")


async def test_lists_are_paged_the_latest_first(anna: Viewer) -> None:
    for number in range(5):
        await circle.follow(await person(f"fan{number}"), "anna")
    first, total = await circle.circle("anna", "followers", None, 0, 2)
    last, _ = await circle.circle("anna", "followers", None, 4, 2)
    assert ([face.username for face in first], total) == (["fan4", "fan3"], 5)
    assert [face.username for face in last] == ["fan0"]


async def test_block_ends_following_both_ways(anna: Viewer, ben: Viewer) -> None:
    await circle.follow(anna, "ben")
    await circle.follow(ben, "anna")
    for _ in range(2):
        await circle.block(anna, "ben")
    assert await Follow.all().count() == 0
    assert await Block.all().count() == 1


async def test_blocked_either_way_is_not_found(anna: Viewer, ben: Viewer) -> None:
    await circle.block(anna, "ben")
    for one, other in ((anna, "ben"), (ben, "anna")):
        for action in (circle.follow, circle.unfollow):
            with pytest.raises(NotFound):
                await action(one, other)
        with pytest.raises(NotFound):
            await circle.circle(other, "followers", one.user_id, 0, 20)
    with pytest.raises(NotFound):
        await circle.block(ben, "anna")
    with pytest.raises(NotFound):
        await circle.unblock(ben, "anna")
    await circle.unblock(anna, "ben")
    await circle.follow(ben, "anna")


async def test_blocked_person_is_in_no_list_that_the_other_reads(anna: Viewer, ben: Viewer) -> None:
    await person("cleo")
    await circle.follow(ben, "cleo")
    await circle.block(anna, "ben")
    assert await names("cleo", "followers", anna) == []
    assert await names("cleo", "followers") == ["ben"]


async def test_who_is_blocked_can_be_read_and_taken_back(anna: Viewer, ben: Viewer) -> None:
    await circle.block(anna, "ben")
    faces, total = await circle.blocked(anna.user_id, 0, 20)
    assert ([face.username for face in faces], total) == (["ben"], 1)
    assert await circle.blocked(ben.user_id, 0, 20) == ([], 0)


async def test_suspended_follower_is_not_counted(anna: Viewer, ben: Viewer) -> None:
    await circle.follow(ben, "anna")
    assert await circle.counts(anna.user_id) == (1, 0)
    follower = (await Follow.get().select_related("follower")).follower
    follower.status = "banned"
    await follower.save()
    assert await circle.counts(anna.user_id) == (0, 0)
    assert await names("anna", "followers") == []


async def test_blocked_learner_finds_and_books_nothing_but_keeps_what_is_booked(http: TestClient) -> None:
    mira, lea, tom = await mentor(), await person("lea"), await person("tom")
    session = await published(mira, capacity=5)
    await booking.book_session(session, lea)
    for each in ("lea", "tom"):
        await circle.block(mira, each)
    for viewer, status in ((lea, 200), (tom, 404)):
        headers = await bearer(viewer)
        api = Api(http, headers=headers)
        assert (await api.get("/sessions")).data["items"] == []
        assert (await api.get(f"/sessions/{session}")).status == status
        assert (await api.post(f"/sessions/{session}/bookings", {})).status == status
        async with http.get("/", headers=headers) as landing:
            assert "Mira" not in await landing.text()
    assert (await Api(http).get("/sessions")).data["total"] == 1


async def test_who_may_write_to_whom(anna: Viewer, ben: Viewer) -> None:
    assert await may_message(ben.user_id, anna.user_id)
    await set_privacy(anna.user_id, Privacy(messages=Audience.NOBODY))
    assert not await may_message(ben.user_id, anna.user_id)
    await circle.follow(anna, "ben")
    assert await may_message(ben.user_id, anna.user_id)
    await circle.block(ben, "anna")
    assert not await may_message(ben.user_id, anna.user_id)
    assert not await may_message(anna.user_id, ben.user_id)
