"""The room's page in each of its states before axe-core: WCAG 2.2 AA, wide and on a phone."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, ViewportSize, expect

from tests.web.room_browser import BEN, MAYA, OpenRoom, control, join, plays
from tests.web.room_mock import RoomMock
from tests.web.site_pages import violations

pytestmark = [pytest.mark.browser, pytest.mark.media, pytest.mark.asyncio(loop_scope="module")]

PHONE: ViewportSize = {"width": 390, "height": 844}


async def in_both_widths(page: Page) -> list[str]:
    """What axe-core finds at 1280 px, then at 390 px."""
    wide = await violations(page)
    await page.set_viewport_size(PHONE)
    return wide + await violations(page)


async def test_lobby_is_accessible(open_room: OpenRoom, room: RoomMock) -> None:
    page = await open_room()
    await page.locator(".preview.has-picture").wait_for()
    assert await in_both_widths(page) == []


async def test_lobby_without_devices_is_accessible(open_room: OpenRoom, room: RoomMock) -> None:
    page = await open_room(allowed=False)
    await expect(page.locator("[data-problems]")).to_contain_text("keeps camera and microphone off")
    assert await in_both_widths(page) == []


@pytest.mark.parametrize("panel", ["Chat", "People"])
async def test_call_with_a_panel_is_accessible(open_room: OpenRoom, room: RoomMock, panel: str) -> None:
    room.say("maya", "Maya Chen", "See https://example.org/notes", 5)
    page = await join(await open_room(), room)
    await room.show(MAYA, BEN)
    await plays(page, "maya")
    await expect(page.get_by_role("region", name="May the recording show you?")).to_be_visible()
    await control(page, panel).click()
    assert await in_both_widths(page) == []


async def test_leaving_and_what_comes_after_are_accessible(open_room: OpenRoom, room: RoomMock) -> None:
    room.role = "mentor"
    page = await join(await open_room(), room)
    await control(page, "Leave").click()
    await page.get_by_role("button", name="End the lesson", exact=True).wait_for()
    asked = await violations(page)
    await page.get_by_role("button", name="End the lesson", exact=True).click()
    await page.get_by_role("link", name="See the summary").wait_for()
    assert asked + await in_both_widths(page) == []


async def test_closed_door_is_accessible(open_room: OpenRoom, room: RoomMock) -> None:
    room.refuse_with = (4403, "The room opens at 17:45.")
    page = await open_room()
    await page.get_by_role("button", name="Join").click()
    await page.get_by_role("heading", name="You can't enter yet").wait_for()
    assert await in_both_widths(page) == []
