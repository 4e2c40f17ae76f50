"""Administrators drain and resume media nodes; all servers go by it."""

from __future__ import annotations

from typing import Any

import pytest

from media.protocol import control
from server.classroom.models import DrainedNode
from server.edge.access import Viewer
from server.infra.models import StateTransition
from tests.databases import BOTH
from tests.server.booking import makers
from tests.server.classroom.conftest import node, stage
from tests.server.classroom.stage import Stage

__all__ = ["node", "stage"]


@pytest.fixture
async def admin(stage: Stage) -> Viewer:
    return await makers.person("olga", "admin")


async def ask(stage: Stage, admin: Viewer, method: str, path: str) -> tuple[int, Any]:
    url = f"/api/v1/admin/media-nodes{path}"
    async with stage.http.request(method, url, headers=await stage.bearer(admin)) as answer:
        return answer.status, (await answer.json())["data"]


@BOTH
async def test_drained_node_takes_no_new_rooms_until_it_is_resumed(stage: Stage, admin: Viewer) -> None:
    await stage.node.hear(control.Drain, on=False)
    status, shown = await ask(stage, admin, "POST", "/fake/drain")
    assert (status, shown["id"], shown["draining"]) == (200, "fake", True)
    await stage.node.hear(control.Drain, on=True)
    learner = await stage.enter(stage.learner)
    await learner.hear("error", code="media_full")
    status, shown = await ask(stage, admin, "POST", "/fake/resume")
    assert (status, shown["draining"]) == (200, False)
    await stage.node.hear(control.Join)


async def test_lesson_that_runs_on_a_drained_node_goes_on(stage: Stage, admin: Viewer) -> None:
    learner = await stage.enter(stage.learner)
    await ask(stage, admin, "POST", "/fake/drain")
    mentor = await stage.enter(stage.mentor)
    await stage.node.hear(control.Join, participant=mentor.id)
    assert "reset" not in [message["type"] for message in await learner.sync()]


async def test_list_has_the_figures_of_the_last_heartbeat(stage: Stage, admin: Viewer) -> None:
    await stage.node.beat(stress=0.25, rooms=2, peers=5)
    await stage.node.drop()
    await stage.node.linked()
    _, listed = await ask(stage, admin, "GET", "")
    (one,) = listed["items"]
    assert (one["id"], one["control_url"]) == ("fake", stage.node.url)
    assert one["state"] in ("up", "unreachable")


async def test_drained_node_that_is_away_is_still_listed_and_can_be_resumed(
    stage: Stage, admin: Viewer
) -> None:
    await DrainedNode.create(node_id="elsewhere", since=stage.clock.now())
    _, listed = await ask(stage, admin, "GET", "")
    found = {one["id"]: (one["state"], one["draining"]) for one in listed["items"]}
    assert found["elsewhere"] == ("unreachable", True)
    assert (await ask(stage, admin, "POST", "/elsewhere/resume"))[0] == 200
    assert not await DrainedNode.exists()


async def test_unknown_node_is_not_found(stage: Stage, admin: Viewer) -> None:
    assert (await ask(stage, admin, "POST", "/nobody/drain"))[0] == 404
    assert not await DrainedNode.exists()


async def test_who_drained_what_is_kept_once(stage: Stage, admin: Viewer) -> None:
    for _ in range(2):
        await ask(stage, admin, "POST", "/fake/drain")
    (kept,) = await StateTransition.filter(entity="media_node")
    assert (kept.entity_id, kept.new, kept.actor_id) == ("fake", "drained", admin.user_id)


async def test_button_on_the_page_drains(stage: Stage, admin: Viewer) -> None:
    headers = await stage.bearer(admin)
    async with stage.http.get("/dashboard/admin/control", headers=headers) as page:
        assert "Drain fake" in await page.text()
    async with stage.http.post(
        "/dashboard/admin/media-nodes/fake", data={"action": "drain"}, headers=headers
    ) as page:
        assert "Resume fake" in await page.text()
    assert await DrainedNode.exists(node_id="fake")
