"""Questionnaires: begun, left and resumed, finished once a week, with a level that is provisional."""

from __future__ import annotations

import asyncio
import html
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from server.edge.access import Viewer
from server.infra.clock import ManualClock
from server.infra.errors import Conflict, Throttled
from server.people import service as people
from server.people.assessment import service
from server.people.assessment.bank import questionnaire
from server.people.models import Assessment, UserSkill
from tests.databases import BOTH
from tests.server.booking.makers import bearer, person, skill

HERE = "/profile/assess/python"
MINE = "/api/v1/users/me/assessments/python"


@pytest.fixture
async def lea(http: TestClient) -> Viewer:
    viewer = await person("lea", zone="Europe/Berlin")
    for slug, name in (("python", "Python"), ("guitar", "Guitar")):
        await skill(slug, name)
    await people.replace_skills(viewer.user_id, teach=["python"], want=["python", "guitar"])
    return viewer


async def choices(*, right: bool) -> dict[int, int]:
    """An answer to each question of the try under way."""
    row = await Assessment.get(finished_at=None)
    bank = questionnaire("python", "Python")
    found = {}
    for number, each in enumerate(row.questions, 1):
        question = bank.questions[each]
        wanted = question.right if right else question.wrong[0]
        found[number] = bank.options(question, row.public_id.hex).index(wanted)
    return found


async def whole_try(viewer: Viewer, *, right: bool = True) -> None:
    await service.start(viewer, "python")
    await service.answer(viewer, "python", await choices(right=right))
    await service.finish(viewer, "python")


async def levels(viewer: Viewer) -> set[tuple[str, str]]:
    rows = await UserSkill.filter(user_id=viewer.user_id, skill__slug="python")
    return {(row.level, row.level_basis) for row in rows}


# --- the rules


@BOTH
async def test_level_is_assessed_on_both_lists_and_never_verified(lea: Viewer) -> None:
    await whole_try(lea)
    assert await levels(lea) == {("advanced", "assessed")}
    assert not await UserSkill.filter(verified_at__isnull=False).exists()
    found = await service.standing(lea.user_id, "python")
    assert found.last is not None
    assert (found.last.level, found.last.score, found.open) == ("advanced", 100, ())


@BOTH
async def test_ten_ends_at_once_score_one(lea: Viewer, moved_clock: ManualClock) -> None:
    await service.start(lea, "python")
    ends = await asyncio.gather(
        *(service.finish(lea, "python") for _ in range(10)), return_exceptions=True
    )
    assert sum(end is None for end in ends) == 1
    assert {type(end) for end in ends if end is not None} == {Conflict}
    assert await Assessment.filter(finished_at__isnull=False).count() == 1


@BOTH
async def test_ten_starts_at_once_draw_one_try(lea: Viewer) -> None:
    await asyncio.gather(*(service.start(lea, "python") for _ in range(10)))
    assert await Assessment.all().count() == 1


@BOTH
async def test_next_try_waits_a_week_and_says_until_when(lea: Viewer, moved_clock: ManualClock) -> None:
    await whole_try(lea, right=False)
    assert await levels(lea) == {("beginner", "assessed")}
    ends_at = moved_clock.now() + service.PAUSE
    with pytest.raises(Throttled) as refused:
        await service.start(lea, "python")
    assert refused.value.retry_after == service.PAUSE.total_seconds()
    assert f"{ends_at:%Y}" in refused.value.message
    assert await Assessment.all().count() == 1
    moved_clock.advance(service.PAUSE - timedelta(seconds=1))
    with pytest.raises(Throttled):
        await service.start(lea, "python")
    moved_clock.advance(timedelta(seconds=1))
    await whole_try(lea)
    assert await levels(lea) == {("advanced", "assessed")}


async def test_pause_is_for_each_skill_by_itself(lea: Viewer) -> None:
    await whole_try(lea)
    await service.start(lea, "guitar")
    assert await Assessment.filter(finished_at=None).count() == 1


async def test_answers_given_at_once_are_all_kept(lea: Viewer) -> None:
    await service.start(lea, "python")
    await asyncio.gather(*(service.answer(lea, "python", {number: 1}) for number in range(1, 10)))
    found = await service.standing(lea.user_id, "python")
    assert [one.answer for one in found.open] == [1] * 9


async def test_starting_again_goes_on_with_the_same_questions(lea: Viewer) -> None:
    await service.start(lea, "python")
    before = await service.standing(lea.user_id, "python")
    await service.start(lea, "python")
    assert await service.standing(lea.user_id, "python") == before


async def test_verified_level_stays_whatever_a_try_comes_to(lea: Viewer) -> None:
    await UserSkill.filter(kind="teach").update(level="intermediate", level_basis="verified")
    await whole_try(lea, right=False)
    assert await levels(lea) == {("intermediate", "verified"), ("beginner", "assessed")}


async def test_what_one_says_of_oneself_is_ones_own_and_replaces_nothing_better(lea: Viewer) -> None:
    await service.start(lea, "guitar")
    await service.answer(lea, "guitar", dict.fromkeys(range(1, 10), 3))
    await service.finish(lea, "guitar")
    row = await UserSkill.get(skill__slug="guitar")
    assert (row.level, row.level_basis) == ("advanced", "own")
    await UserSkill.filter(id=row.id).update(level="beginner", level_basis="assessed")
    await Assessment.all().delete()
    await service.start(lea, "guitar")
    await service.answer(lea, "guitar", dict.fromkeys(range(1, 10), 3))
    await service.finish(lea, "guitar")
    assert (await UserSkill.get(skill__slug="guitar")).level == "beginner"


async def test_skill_has_to_be_on_a_list(lea: Viewer) -> None:
    await skill("sql", "SQL")
    with pytest.raises(Conflict) as refused:
        await service.start(lea, "sql")
    assert refused.value.code == "skill_missing"


# --- the API


async def ask(http: TestClient, viewer: Viewer, method: str, path: str = MINE, **sent: Any) -> Any:
    headers = await bearer(viewer)
    async with http.request(method, path, headers=headers, **sent) as answer:
        return answer.status, await answer.json(), answer.headers


async def test_program_goes_all_the_way_and_never_sees_what_is_right(
    http: TestClient, lea: Viewer
) -> None:
    status, begun, _ = await ask(http, lea, "POST")
    assert status == 200
    first = begun["data"]["open"][0]
    assert set(first) == {"number", "text", "code", "options", "answer"}
    await ask(http, lea, "PUT", f"{MINE}/answers", json={"answers": await choices(right=True)})
    status, ended, _ = await ask(http, lea, "POST", f"{MINE}/finish")
    assert (status, ended["data"]["last"]["level"], ended["data"]["basis"]) == (
        200,
        "advanced",
        "assessed",
    )
    status, refused, headers = await ask(http, lea, "POST")
    assert (status, refused["error"]["code"]) == (429, "throttled")
    assert int(headers["Retry-After"]) > 600_000
    assert (await ask(http, lea, "POST", f"{MINE}/finish"))[0] == 409


@pytest.mark.parametrize("answers", [{"99": 0}, {"1": 4}, {"1": -1}, {"0": 0}])
async def test_answer_to_nothing_is_refused(http: TestClient, lea: Viewer, answers: object) -> None:
    await service.start(lea, "python")
    status, body, _ = await ask(http, lea, "PUT", f"{MINE}/answers", json={"answers": answers})
    assert (status, list(body["error"]["fields"])) == (422, ["answer"])


async def test_try_is_ones_own(http: TestClient, lea: Viewer) -> None:
    await service.start(lea, "python")
    tom = await person("tom")
    assert (await ask(http, tom, "GET"))[1]["data"]["open"] == []
    assert (await ask(http, tom, "PUT", f"{MINE}/answers", json={"answers": {"1": 1}}))[0] == 409


async def test_unknown_skill_is_not_found(http: TestClient, lea: Viewer) -> None:
    assert (await ask(http, lea, "GET", f"{MINE}-or-not"))[0] == 404


# --- the pages


async def page(http: TestClient, viewer: Viewer, query: str = "") -> str:
    async with http.get(f"{HERE}{query}", headers=await bearer(viewer)) as answer:
        assert answer.status == 200
        return html.unescape(await answer.text())


async def press(http: TestClient, viewer: Viewer, **sent: str) -> tuple[int, str, str]:
    headers = await bearer(viewer)
    async with http.post(HERE, data=sent, headers=headers, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location", ""), html.unescape(await answer.text())


async def test_pages_lead_through_it_and_back_to_where_it_was_left(http: TestClient, lea: Viewer) -> None:
    assert "How well do you know Python?" in await page(http, lea)
    assert await press(http, lea, do="start") == (303, HERE, "")
    assert "Question 1 of 9" in await page(http, lea)
    assert (await press(http, lea, do="answer", question="1", choice="2"))[1] == f"{HERE}?question=2"
    assert "Question 2 of 9" in await page(http, lea)
    assert (await press(http, lea, do="answer", question="2"))[1] == f"{HERE}?question=3"
    assert 'value="2" checked' in await page(http, lea, "?question=1")
    assert (await press(http, lea, do="answer", question="9", choice="0"))[1] == f"{HERE}?question=end"
    assert "7 have no answer yet" in await page(http, lea, "?question=end")
    assert (await press(http, lea, do="finish"))[0] == 303
    result = await page(http, lea)
    assert "Assessed, provisional" in result
    assert "You can try again from" in result
    assert "verified your level" not in result


async def test_finishing_twice_leads_to_the_result_and_starting_too_soon_says_when(
    http: TestClient, lea: Viewer
) -> None:
    await whole_try(lea)
    status, _, text = await press(http, lea, do="finish")
    assert (status, "Advanced" in text) == (409, True)
    status, _, text = await press(http, lea, do="start")
    assert status == 429
    assert "You can try again from" in text


async def test_wrong_choice_stays_on_its_question(http: TestClient, lea: Viewer) -> None:
    await service.start(lea, "python")
    status, _, text = await press(http, lea, do="answer", question="3", choice="40")
    assert status == 422
    assert "Question 3 of 9" in text
    assert "Choose one of the answers." in text


async def test_page_of_skills_leads_to_the_questionnaire(http: TestClient, lea: Viewer) -> None:
    async with http.get("/profile/edit/skills", headers=await bearer(lea)) as answer:
        text = await answer.text()
    assert text.count(f'href="{HERE}"') == 2
    await whole_try(lea)
    async with http.get("/profile/edit/skills", headers=await bearer(lea)) as answer:
        assert "Assessed, provisional" in await answer.text()


async def test_profile_says_assessed_and_provisional(http: TestClient, lea: Viewer) -> None:
    await whole_try(lea)
    async with http.get("/profile/lea") as answer:
        text = await answer.text()
    assert "assessed, provisional" in text.lower()
    assert "verified" not in text.lower()
