"""How everybody takes part, beside the stage: all of it for the mentor, one's own for a learner."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.web.room_browser import BEN, MAYA, OpenRoom
from tests.web.room_mock import RoomMock
from tests.web.site_pages import violations

pytestmark = [pytest.mark.browser, pytest.mark.media, pytest.mark.asyncio(loop_scope="module")]

MINUTE_MS = 60_000


def part(participant: str, talked: float = 0, **more: int) -> dict[str, Any]:
    counts = {"hands": 0, "lines": 0, "votes": 0, "reactions": 0}
    spans = {"talk_ms": round(talked * MINUTE_MS), "present_ms": 20 * MINUTE_MS}
    return {"participant": participant, **spans, **counts, **more}


async def open_panel(open_room: OpenRoom, room: RoomMock, role: str) -> tuple[Page, Locator]:
    room.role, room.media_works, room.consent = role, False, True
    room.people = [BEN, MAYA] if role == "learner" else [BEN]
    page = await open_room()
    await page.get_by_role("button", name="Join").click()
    await expect(page.locator("[data-view=call]")).to_be_visible()
    await page.get_by_role("button", name="Activities").click()
    await page.locator("#activities-menu").get_by_role("button", name="Taking part").click()
    panel = page.locator("[data-panel=pulse]")
    await expect(panel).to_be_visible()
    return page, panel


async def test_mentors_see_who_talks_who_is_quiet_and_how_often_somebody_was_lost(
    open_room: OpenRoom, room: RoomMock
) -> None:
    page, panel = await open_panel(open_room, room, "mentor")
    await expect(panel).to_contain_text("within ten seconds")
    room.send({"type": "pulse", "people": [part("me", 6), part("ben", 2)], "lost": 1})
    await expect(panel.get_by_role("heading", name="How the lesson goes")).to_be_visible()
    await expect(panel).to_contain_text("You 75 %, learners 25 %")
    await expect(panel).to_contain_text("An open question now gives learners the word.")
    await expect(panel).to_contain_text("“Lost me” was pressed once so far.")
    await expect(panel.get_by_text("quiet so far")).to_be_hidden()
    assert await violations(page) == []
    room.send({"type": "pulse", "people": [part("me", 6), part("ben")], "lost": 0})
    await expect(panel).to_contain_text("Ben Okafor has been quiet so far.")
    await expect(panel.get_by_text("was pressed")).to_be_hidden()
    room.send({"type": "pulse", "people": [part("me", 6), part("ben", votes=1)], "lost": 0})
    await expect(panel).to_contain_text("1 vote")
    await expect(panel.get_by_text("quiet so far")).to_be_hidden()


async def test_learners_see_what_is_measured_of_them_and_why(open_room: OpenRoom, room: RoomMock) -> None:
    page, panel = await open_panel(open_room, room, "learner")
    room.send({"type": "pulse", "people": [part("me", 1.5, hands=2)], "lost": 1})
    await expect(panel.get_by_role("heading", name="What is measured about you")).to_be_visible()
    await expect(panel.locator("dl")).to_contain_text("You talked1 min")
    await expect(panel.locator("dl")).to_contain_text("Hands raised2")
    await expect(panel.get_by_role("heading", name="Everybody")).to_be_hidden()
    await panel.get_by_text("How this is measured").click()
    await expect(panel).to_contain_text("nobody listens to the words")
    assert await violations(page) == []
