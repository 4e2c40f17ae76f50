"""The live room's page in a real Chromium, against a room that the test moves."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.web.room_browser import INSECURE_HOST, MAYA, OpenRoom, control, join, plays
from tests.web.room_media import Person
from tests.web.room_mock import CSRF, RoomMock

pytestmark = [pytest.mark.browser, pytest.mark.media, pytest.mark.asyncio(loop_scope="module")]

FAIL_CAMERA = """
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = (wanted) =>
  wanted.video ? Promise.reject(new DOMException("no", "%s")) : open(wanted);
"""


# --- the lobby


async def test_lobby_shows_the_camera_before_anybody_else_sees_it(
    open_room: OpenRoom, room: RoomMock
) -> None:
    page = await open_room()
    await page.locator(".preview.has-picture").wait_for()
    await expect(page.get_by_role("button", name="Join the lesson")).to_be_enabled()
    await expect(page.get_by_text("You join as Ana Ruiz")).to_be_visible()
    assert room.joins == []


async def test_denied_permission_is_said_and_watching_still_works(
    open_room: OpenRoom, room: RoomMock
) -> None:
    page = await open_room(allowed=False)
    await expect(page.locator("[data-problems]")).to_contain_text("keeps camera and microphone off")
    await page.get_by_role("button", name="Join to watch and listen").click()
    assert (await room.heard("media"))["camera"] is False
    await room.heard("offer")  # and answered: from now on the room may offer
    await room.show(MAYA)
    await plays(page, "maya")


@pytest.mark.parametrize(
    ("error", "words"),
    [("NotFoundError", "No camera found"), ("NotReadableError", "Another program is using the camera")],
)
async def test_camera_that_does_not_open_is_explained_and_sound_goes_on(
    open_room: OpenRoom, room: RoomMock, error: str, words: str
) -> None:
    page = await open_room(before=FAIL_CAMERA % error)
    await expect(page.locator("[data-problems]")).to_contain_text(words)
    await page.get_by_role("button", name="Join with sound only").click()
    media = await room.heard("media")
    assert (media["microphone"], media["camera"]) == (True, False)


async def test_insecure_address_is_explained(open_room: OpenRoom, room: RoomMock) -> None:
    page = await open_room(host=INSECURE_HOST)
    await expect(page.locator("[data-problems]")).to_contain_text("not secure (https)")
    await join(page, room)


async def test_join_waits_for_the_doors_to_open(open_room: OpenRoom, room: RoomMock) -> None:
    room.minutes_left = 90
    page = await open_room()
    button = page.get_by_role("button", name="The room opens at")
    await expect(button).to_have_attribute("aria-disabled", "true")
    await button.click(force=True)
    assert room.joins == []


# --- the door


@pytest.mark.parametrize(
    ("code", "title"),
    [
        (4401, "You are signed out"),
        (4403, "You can't enter yet"),
        (4404, "There is no such lesson"),
        (4409, "You are in the room elsewhere"),
        (4410, "The lesson has ended"),
    ],
)
async def test_refusals_end_with_words_and_no_more_tries(
    open_room: OpenRoom, room: RoomMock, code: int, title: str
) -> None:
    room.refuse_with = (code, "The room opens at 17:45.")
    page = await open_room()
    await page.get_by_role("button", name="Join").click()
    await expect(page.get_by_role("heading", name=title)).to_be_visible()
    assert len(room.joins) == 1


# --- chat, hands, people


async def test_chat_shows_history_and_own_messages_and_only_safe_links(
    open_room: OpenRoom, room: RoomMock
) -> None:
    room.say("maya", "Maya Chen", "See https://example.org/a?b=1. And <img src=x> javascript:alert(1)", 5)
    page = await join(await open_room(), room)
    await control(page, "Chat").click()
    log = page.get_by_role("log")
    assert await log.locator("a").evaluate_all("all => all.map(a => a.href)") == [
        "https://example.org/a?b=1"
    ]
    await expect(log).to_contain_text("<img src=x> javascript:alert(1)")
    await page.get_by_placeholder("Message to everyone").fill("Good evening")
    await page.keyboard.press("Enter")
    await room.heard("chat", text="Good evening")
    await expect(log.locator(".line.mine:not(.pending)")).to_contain_text("Good evening")


async def test_message_over_the_limit_is_not_sent_and_says_by_how_much(
    open_room: OpenRoom, room: RoomMock
) -> None:
    page = await join(await open_room(), room)
    await control(page, "Chat").click()
    await page.get_by_placeholder("Message to everyone").fill("x" * 4003)
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-chat-count]")).to_have_text("3 characters too many")
    assert not [one for one in room.received if one["type"] == "chat"]


async def test_unread_messages_are_counted_until_the_chat_is_opened(
    open_room: OpenRoom, room: RoomMock
) -> None:
    page = await join(await open_room(), room)
    room.say("maya", "Maya Chen", "One")
    room.say("maya", "Maya Chen", "Two")
    chat = page.locator('.controls [data-action="chat"]')
    await expect(chat).to_have_attribute("aria-label", "Chat, 2 new")
    await chat.click()
    await expect(chat).not_to_have_attribute("aria-label", "Chat, 2 new")


async def test_people_are_listed_with_raised_hands_first(open_room: OpenRoom, room: RoomMock) -> None:
    page = await join(await open_room(), room)
    await room.show(MAYA, Person("ben", "Ben Okafor", hand=True))
    await control(page, "People").click()
    names = page.locator(".people-name")
    await expect(names).to_have_text(["Ben Okafor", "Ana Ruiz (you)", "Maya Chen"])


async def test_keys_work_but_not_while_typing(open_room: OpenRoom, room: RoomMock) -> None:
    page = await join(await open_room(), room)
    await page.keyboard.press("h")
    assert (await room.heard("hand"))["raised"] is True
    await page.keyboard.press("m")
    await room.heard("media", microphone=False)
    await page.keyboard.press("c")
    await page.keyboard.type("hmvs")
    await expect(page.get_by_placeholder("Message to everyone")).to_have_value("hmvs")
    await page.keyboard.press("Escape")
    await expect(page.locator('[data-panel="chat"]')).to_be_hidden()
    assert len([one for one in room.received if one["type"] == "hand"]) == 1


# --- recording and the lesson's course


async def test_consent_is_asked_and_can_be_changed(open_room: OpenRoom, room: RoomMock) -> None:
    page = await join(await open_room(), room)
    question = page.get_by_role("region", name="May the recording show you?")
    await expect(question).to_be_visible()
    await page.get_by_role("button", name="No, leave me out").click()
    await room.heard("recording", consent=False)
    await expect(question).to_be_hidden()
    await page.locator("[data-record]").click()
    await page.get_by_role("button", name="Yes, record me").click()
    await room.heard("recording", consent=True)
    await expect(page.locator("[data-record]")).to_have_text("Recording")


async def test_nobody_is_asked_in_a_lesson_that_is_not_recorded(
    open_room: OpenRoom, room: RoomMock
) -> None:
    room.recording = "off"
    page = await join(await open_room(), room)
    await expect(page.locator("[data-record]")).to_have_text("Not recorded")
    await expect(page.locator("[data-consent]")).to_be_hidden()


async def test_mentor_starts_and_ends_the_lesson(open_room: OpenRoom, room: RoomMock) -> None:
    room.role, room.live, room.minutes_left = "mentor", False, 50
    page = await join(await open_room(), room)
    await page.get_by_role("button", name="Start the lesson").click()
    await expect(page.locator("[data-live]")).to_be_visible()
    await control(page, "Leave").click()
    await page.get_by_role("button", name="End the lesson", exact=True).click()
    await expect(page.get_by_role("link", name="See the summary")).to_be_visible()
    assert room.posts == [("start", CSRF), ("end", CSRF)]


async def test_leaving_closes_the_call_and_lets_one_back_in(open_room: OpenRoom, room: RoomMock) -> None:
    page = await join(await open_room(), room)
    await control(page, "Leave").click()
    await expect(page.get_by_role("heading", name="You left the lesson")).to_be_focused()
    await page.get_by_role("button", name="Go back in").click()
    await room.heard("offer", count=2)
    assert room.joins[1] == {}
    await plays(page, "me")
