"""The list of mentors as a page and as an answer of the API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from server.infra.clock import ManualClock
from server.people import circle, service
from server.people.models import AvailabilityRule, MentorProfile
from tests.databases import BOTH
from tests.factories import Api
from tests.server.booking.makers import bearer, cookie, mentor, person, skill

MONDAY = datetime(2030, 5, 13, 6, tzinfo=UTC)


@pytest.fixture
async def mira(database: object) -> Any:
    await skill("sql", "SQL")
    mira = await mentor(zone="Europe/Berlin")
    await service.replace_skills(mira.user_id, teach=["sql"], want=[])
    await MentorProfile.filter(user_id=mira.user_id).update(
        headline="Draws <first>", languages=["en", "pt-BR"], rate_minor=4500, currency="EUR"
    )
    return mira


async def text_of(http: TestClient, path: str, **options: Any) -> str:
    async with http.get(path, **options) as page:
        assert page.status == 200
        return await page.text()


@BOTH
async def test_everybody_is_told_of_a_mentor_what_they_say_and_when_they_are_free(
    http: TestClient, mira: Any, moved_clock: ManualClock
) -> None:
    moved_clock.set(MONDAY)
    await AvailabilityRule.create(user_id=mira.user_id, weekday=1, start_minute=600, end_minute=720)
    (found,) = (await Api(http).get("/mentors?skill=sql&max_price=5000&language=pt&q=draws")).data[
        "items"
    ]
    assert found == {
        "username": "mira",
        "name": "Mira",
        "picture": "",
        "headline": "Draws <first>",
        "languages": ["en", "pt-BR"],
        "skills": ["SQL"],
        "rate_minor": 4500,
        "currency": "EUR",
        "rating": None,
        "rating_count": 0,
        "next_slot": {"starts_at": "2030-05-14T08:00:00Z", "ends_at": "2030-05-14T09:00:00Z"},
    }
    text = await text_of(http, "/mentors")
    assert all(
        word in text for word in ("Draws &lt;first&gt;", "€45.00", "Brazilian Portuguese", "Next free")
    )


async def test_state_stands_in_the_address_and_a_chip_takes_it_out(http: TestClient, mira: Any) -> None:
    text = await text_of(http, "/mentors?skill=sql&max_price=5000&language=de&sort=price")
    assert "Nobody matches all of that" in text
    assert 'href="/mentors?skill=sql&amp;max_price=5000&amp;sort=price"' in text
    assert "Up to €50.00 an hour" in text
    assert '<option value="price" selected>' in text
    assert "Mira" in await text_of(http, "/mentors?skill=sql&max_price=5000&sort=price")


async def test_bad_filter_is_said_by_the_page_and_refused_by_the_api(http: TestClient, mira: Any) -> None:
    text = await text_of(http, "/mentors?max_price=lots&q=draws")
    assert "One filter was left out" in text
    assert "Mira" in text
    for query in ("max_price=lots", "language=xx", "sort=random", "min_rating=6", "currency=zzz"):
        refused = await Api(http).get(f"/mentors?{query}")
        assert (refused.status, list(refused.fields)) == (422, [query.partition("=")[0]])


async def test_who_is_blocked_finds_nothing_of_them(http: TestClient, mira: Any) -> None:
    lea = await person("lea")
    await circle.block(mira, "lea")
    assert (await Api(http, headers=await bearer(lea)).get("/mentors")).data["total"] == 0
    assert "Nobody teaches here yet" in await text_of(http, "/mentors", headers=await cookie(lea))
    assert (await Api(http).get("/mentors")).data["total"] == 1
