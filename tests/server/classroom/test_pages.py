"""The room's page, the summary, tickets over REST: for those whom they concern."""

from __future__ import annotations

import json
import re
from typing import Any

from server.edge.access import Viewer
from tests.server.booking import makers
from tests.server.classroom.stage import Stage


async def get(stage: Stage, viewer: Viewer | None, path: str) -> tuple[int, str, str]:
    """Status, text and Location of a page."""
    headers = await stage.bearer(viewer) if viewer else {}
    answer = await stage.http.get(path, headers=headers, allow_redirects=False)
    return answer.status, await answer.text(), answer.headers.get("Location", "")


async def room_data(stage: Stage, viewer: Viewer) -> dict[str, Any]:
    status, text, _ = await get(stage, viewer, f"/sessions/{stage.session_id}/room")
    assert status == 200
    found = re.search(r'<script type="application/json" id="room">(.*?)</script>', text, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


async def test_the_page_knows_what_its_script_needs(stage: Stage) -> None:
    data = await room_data(stage, stage.mentor)
    assert data["session_id"] == str(stage.session_id)
    assert data["ws_url"] == stage.path
    assert (data["name"], data["role"], data["mentor"]) == ("Mira", "mentor", "Mira")
    assert (data["live"], data["can_start"], data["consent"]) == (False, True, None)
    assert data["recording"] == "auto"


async def test_only_the_mentor_is_offered_the_start(stage: Stage) -> None:
    assert (await room_data(stage, stage.learner))["can_start"] is False
    await stage.go_live()
    assert (await room_data(stage, stage.mentor))["can_start"] is False
    assert (await room_data(stage, stage.learner))["live"] is True


async def test_the_page_is_not_for_others(stage: Stage) -> None:
    path = f"/sessions/{stage.session_id}/room"
    assert (await get(stage, await makers.person("sven"), path))[0] == 403
    assert (await get(stage, stage.learner, "/sessions/x/room"))[0] == 404
    status, _, location = await get(stage, None, path)
    assert (status, location.split("?")[0]) == (303, "/auth/login")


async def test_after_the_end_the_room_leads_to_the_summary(stage: Stage) -> None:
    await stage.enter(stage.mentor)
    await stage.go_live()
    await stage.pass_time(minutes=7)
    await stage.end()
    status, _, location = await get(stage, stage.learner, f"/sessions/{stage.session_id}/room")
    assert (status, location) == (303, f"/sessions/{stage.session_id}/summary")
    status, text, _ = await get(stage, stage.learner, location)
    assert status == 200
    assert "Mira" in text
    assert "7 min" in text


async def test_there_is_no_summary_before_the_lesson(stage: Stage) -> None:
    status, _, location = await get(stage, stage.learner, f"/sessions/{stage.session_id}/summary")
    assert (status, location) == (303, f"/sessions/{stage.session_id}")


async def test_the_recordings_page_is_for_those_who_have_a_seat(stage: Stage) -> None:
    """Also for who did not come: they can catch up."""
    learner = await stage.enter(stage.learner)
    await learner.leave()
    await stage.hub.journal.settled()
    path = f"/sessions/{stage.session_id}/recordings"
    for somebody in (stage.mentor, stage.learner, stage.other):
        assert (await get(stage, somebody, path))[0] == 200
    stranger = await makers.person("sven")
    assert (await get(stage, stranger, path))[0] == 404


async def test_a_ticket_is_given_to_those_who_booked(stage: Stage) -> None:
    path = f"/api/v1/sessions/{stage.session_id}/ticket"
    answer = await stage.http.post(path, headers=await stage.bearer(stage.learner))
    data = (await answer.json())["data"]
    assert answer.status == 200
    assert data["expires_at"].endswith("Z")
    await stage.enter(stage.learner, ticket=data["ticket"])
    stranger = await makers.person("sven")
    assert (await stage.http.post(path, headers=await stage.bearer(stranger))).status == 403
    assert (await stage.http.post(path)).status == 401
