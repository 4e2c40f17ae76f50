"""What somebody new is told: how complete their profile is, and the tour of their desk."""

from __future__ import annotations

import io

from aiohttp.test_utils import TestClient

from server.edge.access import Viewer
from server.people import service
from server.people.availability import Weekly
from server.people.gallery import gallery, use_picture
from server.people.models import UserSkill
from server.people.onboarding import TOURS, end_tour, replay_tour, welcome
from server.people.profiles import write_about
from server.people.timetable import keep_week
from server.routes import ROUTES
from tests.databases import BOTH
from tests.server.booking.makers import bearer, cookie, mentor, person, skill
from tests.server.people.drawing import picture


@BOTH
async def test_each_thing_done_makes_the_profile_more_complete(http: TestClient) -> None:
    lea = await person("lea")
    await skill("python", "Python")
    seen = [(await welcome(lea, "learner")).percent]
    await write_about(lea.user_id, "I learn.")
    seen.append((await welcome(lea, "learner")).percent)
    await use_picture(lea.user_id, await gallery().take_in(io.BytesIO(picture())))
    seen.append((await welcome(lea, "learner")).percent)
    await service.replace_skills(lea.user_id, teach=[], want=["python"])
    seen.append((await welcome(lea, "learner")).percent)
    assert seen == [25, 50, 75, 100]


async def test_mentor_is_asked_for_what_learners_read(database: object) -> None:
    mira = await mentor()
    words = [step.words for step in (await welcome(mira, "mentor")).steps if not step.done]
    assert "Write your mentor profile" in words
    await skill("sql", "SQL")
    await service.write_profile(mira, ["sql"], headline="Draws", bio="With chalk.", languages=["en"])
    left = [step.href for step in (await welcome(mira, "mentor")).steps if not step.done]
    assert left == ["/profile/edit/basic", "/profile/edit/picture", "/profile/edit/availability"]
    await keep_week(mira, [Weekly(0, 540, 720)])
    assert (await welcome(mira, "mentor")).steps[-1].done


async def test_skill_whose_level_is_ones_own_word_leads_to_its_questionnaire(database: object) -> None:
    lea = await person("lea")
    for slug in ("guitar", "sql", "css"):
        await skill(slug, slug.upper())
    await service.replace_skills(lea.user_id, teach=["css"], want=["guitar", "sql"])
    more = (await welcome(lea, "learner")).more
    assert more is not None
    assert (more.words, more.href) == ("Find out your level in SQL", "/profile/assess/sql")
    await UserSkill.all().update(level_basis="assessed")
    assert (await welcome(lea, "learner")).more is None


@BOTH
async def test_tour_of_each_desk_is_ended_and_replayed_by_itself(database: object) -> None:
    mira = await mentor()
    for _ in range(2):
        await end_tour(mira.user_id, "mentor")
    assert (await welcome(mira, "mentor")).tour == ()
    assert (await welcome(mira, "learner")).tour == TOURS["learner"]
    await replay_tour(mira.user_id, "mentor")
    assert (await welcome(mira, "mentor")).tour == TOURS["mentor"]


def test_every_stop_and_step_is_a_page() -> None:
    pages = {route.path for route in ROUTES if route.method == "GET"}
    assert {stop.href for stops in TOURS.values() for stop in stops} <= pages
    assert {len(stops) for stops in TOURS.values()} == {4}


async def test_button_ends_the_tour_and_another_shows_it_again(http: TestClient) -> None:
    lea = await person("lea")
    assert "A look around" in await overview(http, lea)
    await press(http, lea, "end")
    assert "A look around" not in await overview(http, lea)
    await press(http, lea, "replay")
    assert "A look around" in await overview(http, lea)


async def overview(http: TestClient, viewer: Viewer) -> str:
    async with http.get("/dashboard/learner/overview", headers=await cookie(viewer)) as page:
        assert page.status == 200
        return await page.text()


async def press(http: TestClient, viewer: Viewer, do: str) -> None:
    headers = await bearer(viewer)
    form = {"do": do, "next": "//evil.example"}
    async with http.post(
        "/dashboard/learner/tour", data=form, headers=headers, allow_redirects=False
    ) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/dashboard/learner/overview")
