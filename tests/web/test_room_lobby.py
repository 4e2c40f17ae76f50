"""The lobby beyond devices: the door, the question of recording, what is at hand."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.web.room_browser import OpenRoom
from tests.web.room_mock import RoomMock, instant
from tests.web.test_room_accessible import in_both_widths

pytestmark = [pytest.mark.browser, pytest.mark.media, pytest.mark.asyncio(loop_scope="module")]


async def test_waiting_person_stays_in_the_lobby_until_let_in(
    open_room: OpenRoom, room: RoomMock
) -> None:
    room.waits = True
    page = await open_room()
    await page.get_by_role("button", name="Join").click()
    await expect(page.locator("[data-lobby-waiting]")).to_contain_text("Maya Chen will let you in.")
    await expect(page.locator(".lobby")).to_be_visible()
    assert await in_both_widths(page) == []
    room.let_in()
    await expect(page.locator(".call")).to_be_visible()
    await room.heard("offer")


async def test_waiting_person_can_leave(open_room: OpenRoom, room: RoomMock) -> None:
    room.waits = True
    page = await open_room()
    await page.get_by_role("button", name="Join").click()
    await page.locator("[data-lobby-waiting]").get_by_role("button", name="Leave").click()
    await expect(page.get_by_role("heading", name="You left the lesson")).to_be_visible()


@pytest.mark.parametrize(("choice", "consent"), [("Yes, record me", True), ("No, leave me out", False)])
async def test_answer_given_in_the_lobby_is_said_on_joining(
    open_room: OpenRoom, room: RoomMock, choice: str, consent: bool
) -> None:
    page = await open_room()
    await page.get_by_label(choice).check()
    await page.get_by_role("button", name="Join").click()
    await room.heard("recording", consent=consent)
    await expect(page.get_by_role("region", name="May the recording show you?")).to_be_hidden()


async def test_remembered_answer_is_shown_and_not_said_again(open_room: OpenRoom, room: RoomMock) -> None:
    room.consent = False
    page = await open_room()
    await expect(page.get_by_label("No, leave me out")).to_be_checked()
    await page.get_by_role("button", name="Join").click()
    await room.heard("offer")
    assert not [one for one in room.received if one["type"] == "recording"]


async def test_lesson_that_is_not_recorded_asks_nothing(open_room: OpenRoom, room: RoomMock) -> None:
    room.recording = "off"
    page = await open_room()
    await expect(page.locator("[data-lobby-consent]")).to_be_hidden()


async def test_check_and_materials_are_at_hand(open_room: OpenRoom, room: RoomMock) -> None:
    check = {"verdict": "limited", "at": instant(-5), "reasons": ["UDP is blocked"]}
    sheet = {"name": "Harmony sheet.pdf", "url": "/materials/1", "kind": "pdf"}
    room.at_hand = {"check_url": "/sessions/x/check", "check": check, "materials": [sheet]}
    page = await open_room()
    result = page.locator("[data-lobby-check]")
    await expect(result).to_contain_text("It will work, with limits.")
    await expect(result).to_contain_text("UDP is blocked")
    await expect(result.get_by_role("link")).to_have_attribute("href", "/sessions/x/check")
    link = page.get_by_role("link", name="Harmony sheet.pdf")
    await expect(link).to_have_attribute("href", "/materials/1")
    assert await in_both_widths(page) == []


async def test_mentor_sees_whose_check_found_trouble(open_room: OpenRoom, room: RoomMock) -> None:
    bad = {"username": "ben", "name": "Ben Okafor", "verdict": "failed", "reasons": ["no microphone"]}
    good = {"username": "lea", "name": "Lea Brandt", "verdict": "ready", "reasons": []}
    room.role, room.at_hand = "mentor", {"check_url": "/x", "check": None, "checks": [bad, good]}
    page = await open_room()
    await expect(page.locator("[data-others-checks]")).to_have_text(
        "Ben Okafor · will have trouble: no microphone"
    )
    await expect(page.locator("[data-lobby-check]")).to_contain_text("Not checked yet")


async def test_time_to_the_opening_is_counted_down(open_room: OpenRoom, room: RoomMock) -> None:
    room.minutes_left = 60.5 + 60 / 60  # opens in a minute and a half
    page = await open_room()
    button = page.locator("[data-join]")
    await expect(button).to_contain_text("in 2 min")
    await expect(button).to_contain_text("s")
    await expect(button).to_have_attribute("aria-disabled", "true")


async def test_door_opens_by_itself(open_room: OpenRoom, room: RoomMock) -> None:
    room.minutes_left = 60 + 4 / 60  # opens in a few seconds
    page = await open_room()
    await expect(page.locator("[data-join]")).to_have_text("Join the lesson")
    await expect(page.locator("[data-join]")).to_have_attribute("aria-disabled", "false")
