"""Ratings where people choose: the same in every place; lists sort by them and begin at them."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from aiohttp.test_utils import TestClient

from server.booking.models import Session
from server.booking.times import next_mark
from server.feedback.rating import bayesian_mean
from server.infra import clock
from server.people.models import MentorProfile
from tests.databases import BOTH
from tests.server.booking.makers import bearer, mentor, person, published
from tests.server.feedback.makers import lesson, reviewed

FIVE = bayesian_mean(10, 2)  # two learners, five stars each: 4.3
TWO = bayesian_mean(4, 2)  # two stars each: 3.4


@pytest.fixture
async def coming(http: TestClient) -> dict[str, UUID]:
    """Of three mentors one is rated well, one badly, one not at all; each teaches the same again."""
    lea, jun = await person("lea"), await person("jun")
    found = {}
    for place, (name, stars) in enumerate((("new", 0), ("bad", 2), ("good", 5)), 1):
        teacher = await mentor(name)
        if stars:
            over = await lesson(teacher, lea, jun, title=f"With {name}")
            for learner in (lea, jun):
                await reviewed(over, learner, stars, comment=f"{name} it was.")
        begin = next_mark(clock.now()) + timedelta(hours=2 * place)
        found[name] = await published(teacher, begin, title=f"With {name}")
    return found


async def titles(http: TestClient, query: str) -> list[str]:
    answer = await http.get(f"/api/v1/sessions?{query}")
    return [item["title"].removeprefix("With ") for item in (await answer.json())["data"]["items"]]


async def usernames(http: TestClient, query: str) -> list[str]:
    answer = await http.get(f"/api/v1/mentors?{query}")
    return [item["username"] for item in (await answer.json())["data"]["items"]]


@BOTH
async def test_lists_sort_by_rating_and_begin_at_one(http: TestClient, coming: dict[str, UUID]) -> None:
    for found in (titles, usernames):
        assert await found(http, "sort=rating") == ["good", "bad", "new"]
        assert await found(http, "min_rating=4") == ["good"]
        assert await found(http, "min_rating=4.3&sort=rating") == ["good"]  # it is shown as 4.3
        assert await found(http, "min_rating=4.4") == []
        assert await found(http, "min_rating=3&sort=rating") == ["good", "bad"]
    assert await titles(http, "sort=rating&per_page=1&page=2") == ["bad"]
    assert await titles(http, "") == ["new", "bad", "good"]


async def test_all_places_show_the_same(http: TestClient, coming: dict[str, UUID]) -> None:
    (session,) = (await (await http.get("/api/v1/sessions?mentor=good")).json())["data"]["items"]
    assert (session["rating"], session["rating_count"]) == (FIVE, 2)
    mentors = (await (await http.get("/api/v1/mentors?q=good")).json())["data"]["items"]
    assert (mentors[0]["rating"], mentors[0]["rating_count"]) == (FIVE, 2)
    for path in (
        "/",
        "/mentors",
        "/sessions/?mentor=good",
        f"/sessions/{coming['good']}",
        f"/sessions/{coming['good']}/feedback",
        "/profile/good",
        "/profile/good/portfolio",
    ):
        page = await (await http.get(path)).text()
        assert "Rated 4.3 of 5 by 2 learners" in page or "Rated 4.3 of 5." in page, path
    desk = await http.get(
        "/dashboard/mentor/overview",
        headers=await bearer(await mentor("other")),
    )
    assert "no ratings yet" in await desk.text()
    for path in ("/profile/new/portfolio", f"/sessions/{coming['new']}", "/sessions/?mentor=new"):
        page = await (await http.get(path)).text()
        assert ("no ratings yet" in page, "What learners said" in page) == (True, False), path


async def test_reviews_stand_with_what_is_taught_and_with_who_teaches(
    http: TestClient, coming: dict[str, UUID]
) -> None:
    for path in (f"/sessions/{coming['good']}", "/profile/good/portfolio"):
        page = await (await http.get(path)).text()
        assert page.count("good it was.") == 2, path
        assert "bad it was." not in page, path
    again = await mentor("again")
    for number in range(7):
        learner = await person(f"l{number}")
        await reviewed(await lesson(again, learner), learner, 4, comment=f"Number {number}.")
    first = await (await http.get("/profile/again/portfolio")).text()
    second = await (await http.get("/profile/again/portfolio?page=2")).text()
    assert re.findall(r"Number (\d)\.", first) == ["6", "5", "4", "3", "2"]  # newest first
    assert re.findall(r"Number (\d)\.", second) == ["1", "0"]


async def test_lesson_outside_of_any_offering_has_no_rating(http: TestClient) -> None:
    mira, lea = await mentor(), await person("lea")
    over = await lesson(mira, lea)
    await Session.filter(id=over).update(offering_id=None)
    await reviewed(over, lea, 5)
    data = (await (await http.get(f"/api/v1/sessions/{over}")).json())["data"]
    assert (data["rating"], data["rating_count"]) == (None, 0)
    assert (await MentorProfile.get(user_id=mira.user_id)).rating_count == 1
    assert (await http.get(f"/sessions/{over}/feedback")).status == 200
