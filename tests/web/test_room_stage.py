"""Layouts, one's own picture, the small window, reactions, captions and keys, on the page."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.web.room_browser import BEN, MAYA, OpenRoom, control, join, plays, tile
from tests.web.room_media import Person
from tests.web.room_mock import RoomMock
from tests.web.test_room_accessible import in_both_widths

pytestmark = [pytest.mark.browser, pytest.mark.media, pytest.mark.asyncio(loop_scope="module")]

SHARING = Person("maya", "Maya Chen", "mentor", (96, 120, 104), screen=True)
SPEECH = """
window.SpeechRecognition = class {
  start() { window.engine = this; }
  stop() { window.engineStopped = true; }
};
"""
HEARD = """() => engine.onresult({
  resultIndex: 0, results: [Object.assign([{transcript: " Hello "}], {isFinal: true})],
})"""
MOVED = """() => Promise.allSettled(document.getAnimations()
  .filter((one) => one instanceof CSSTransition).map((one) => one.finished))"""
SLOWLY = "document.documentElement.style.setProperty('--calm', '20s linear')"
NO_SPEECH = "delete window.SpeechRecognition; delete window.webkitSpeechRecognition;"


async def more(page: Page, name: str) -> None:
    await control(page, "More").click()
    await page.locator("#more-menu").get_by_role("button", name=name, exact=True).click()


async def width(page: Page, participant: str) -> float:
    """Of a tile, once nothing moves any more."""
    await page.evaluate(MOVED)
    box = await tile(page, participant).bounding_box()
    assert box is not None
    return box["width"]


# --- layouts


async def test_shared_screen_is_large_until_another_layout_is_chosen(
    open_room: OpenRoom, room: RoomMock
) -> None:
    room.people = [SHARING, BEN]
    page = await join(await open_room(), room)
    await plays(page, "maya", "screen")
    screen = tile(page, "maya", "screen")
    await expect(screen).to_have_class(re.compile("featured"))
    await more(page, "Grid")
    await expect(page.locator(".featured")).to_have_count(0)
    await more(page, "Screen")
    await expect(screen).to_have_class(re.compile("featured"))
    await room.show(MAYA, BEN)
    await expect(page.locator(".featured")).to_have_count(0)
    await expect(page.locator('[data-layout="screen"]')).to_be_hidden()
    await expect(page.locator('[data-layout="grid"]')).to_have_attribute("aria-pressed", "true")


async def test_layout_key_goes_round(open_room: OpenRoom, room: RoomMock) -> None:
    room.people = [MAYA, BEN]
    page = await join(await open_room(), room)
    await plays(page, "maya")
    await page.keyboard.press("l")
    await expect(page.locator(".featured")).to_have_count(1)
    await page.keyboard.press("l")
    await expect(page.locator(".featured")).to_have_count(0)


async def test_own_picture_can_be_small_hidden_and_unmirrored(
    open_room: OpenRoom, room: RoomMock
) -> None:
    room.people, room.recording = [MAYA], "off"
    page = await join(await open_room(), room)
    await plays(page, "maya")
    before = await width(page, "maya")
    await more(page, "Hide my own picture")
    await expect(tile(page, "me")).to_be_hidden()
    alone = await width(page, "maya")
    assert alone > before * 1.2
    await more(page, "Settings")
    await page.get_by_label("My own picture").select_option("small")
    await page.get_by_label("Mirror it").uncheck()
    await page.get_by_role("button", name="Done").click()
    await expect(tile(page, "me")).to_be_visible()
    assert await width(page, "me") < alone / 3
    await expect(tile(page, "me").locator("video")).not_to_have_class(re.compile("mirrored"))


async def test_hidden_own_picture_is_seen_while_nobody_else_is_here(
    open_room: OpenRoom, room: RoomMock
) -> None:
    page = await join(await open_room(), room)
    await more(page, "Hide my own picture")
    await expect(tile(page, "me")).to_be_visible()


async def test_small_window_shows_who_speaks_and_its_microphone_works(
    open_room: OpenRoom, room: RoomMock
) -> None:
    room.people = [MAYA, BEN]
    page = await join(await open_room(), room)
    await plays(page, "maya")
    room.send({"type": "speaking", "participant": "ben", "level": 0.5, "dominant": True})
    async with page.context.expect_page() as opened:
        await more(page, "Small window")
    small = await opened.value
    await expect(small.locator(".tile-name")).to_have_text("Ben Okafor")
    microphone = small.get_by_role("button", name="Microphone")
    await microphone.click()
    await room.heard("media", microphone=False)
    await expect(microphone).to_have_attribute("aria-pressed", "false")
    await small.get_by_role("button", name="Leave").click()
    await expect(page.get_by_role("heading", name="You left the lesson")).to_be_visible()


async def test_phone_on_its_side_keeps_the_stage_and_all_controls_in_view(
    open_room: OpenRoom, room: RoomMock
) -> None:
    room.people = [MAYA]
    page = await join(await open_room(), room)
    await plays(page, "maya")
    await page.evaluate(SLOWLY)  # the tiles are still on their way when looked at
    for width, height in ((390, 844), (844, 390), (360, 640)):
        await page.set_viewport_size({"width": width, "height": height})
        for name in ("Mic", "Camera", "Hand", "Chat", "More", "Leave"):
            box = await control(page, name).bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
            assert box["y"] + box["height"] <= height
            assert min(box["width"], box["height"]) >= 44
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width


# --- reactions, lost, moments


async def test_reaction_is_sent_rises_and_is_announced(open_room: OpenRoom, room: RoomMock) -> None:
    room.people = [BEN]
    page = await join(await open_room(), room)
    await page.keyboard.press("r")
    await page.locator("#react-menu").get_by_role("button", name="celebrate").click()
    assert (await room.heard("reaction"))["emoji"] == "celebrate"
    room.send({"type": "reaction", "participant": "ben", "emoji": "heart"})
    await expect(page.locator(".reaction")).to_have_text("Ben Okafor")
    await expect(page.locator("[data-announce]")).to_have_text("Ben Okafor sends a heart.")
    await expect(page.locator(".reaction")).to_have_count(0)


async def test_reactions_do_not_move_where_motion_is_reduced(open_room: OpenRoom, room: RoomMock) -> None:
    room.people = [BEN]
    page = await join(await open_room(), room)
    await page.emulate_media(reduced_motion="reduce")
    room.send({"type": "reaction", "participant": "ben", "emoji": "heart"})
    name = await page.locator(".reaction").evaluate("box => getComputedStyle(box).animationName")
    assert name == "none"


async def test_learner_says_lost_me_and_is_told_what_it_does(open_room: OpenRoom, room: RoomMock) -> None:
    page = await join(await open_room(), room)
    await control(page, "Lost me").click()
    await room.heard("lost-me")
    await expect(page.locator(".toast")).to_contain_text("The mentor sees that somebody lost the thread")
    await control(page, "Lost me").click()
    room.send({"type": "lost-me", "count": 1, "at": "2026-11-23T18:00:00Z"})
    await expect(page.locator("[data-lost]")).to_be_hidden()
    assert len([one for one in room.received if one["type"] == "lost-me"]) == 1


async def test_mentor_sees_how_many_are_lost_and_has_no_such_button(
    open_room: OpenRoom, room: RoomMock
) -> None:
    room.role = "mentor"
    page = await join(await open_room(), room)
    await expect(control(page, "Lost me")).to_be_hidden()
    room.send({"type": "lost-me", "count": 2, "at": "2026-11-23T18:00:00Z"})
    await expect(page.locator("[data-lost]")).to_have_text("2lost you")
    await expect(page.locator("[data-announce]")).to_have_text("2 lost you.")


async def test_moment_is_marked_with_a_label(open_room: OpenRoom, room: RoomMock) -> None:
    room.people = [MAYA]
    page = await join(await open_room(), room)
    await page.keyboard.press("k")
    dialog = page.get_by_role("dialog", name="Mark this moment")
    await expect(dialog).to_contain_text("Only you see it")
    await dialog.get_by_label("What it is about").fill("The turnaround")
    await page.keyboard.press("Enter")
    assert (await room.heard("moment"))["label"] == "The turnaround"
    at = "2026-11-23T18:00:00Z"
    room.send({"type": "moment", "id": "m1", "participant": "me", "label": "The turnaround", "at": at})
    await expect(page.locator(".toast")).to_contain_text("Moment marked: The turnaround")
    room.send({"type": "moment", "id": "m2", "participant": "maya", "label": "", "at": at})
    await expect(page.locator(".toast").last).to_contain_text("Maya Chen marked this moment.")


# --- captions


async def test_captions_replace_unfinished_words_and_leave_with_time(
    open_room: OpenRoom, room: RoomMock
) -> None:
    room.people = [MAYA, BEN]
    page = await join(await open_room(), room)
    await page.keyboard.press("t")
    lines = page.locator(".caption")
    said = {"type": "caption", "participant": "maya", "language": "en"}
    room.send({**said, "text": "So the sev", "final": False})
    await expect(lines).to_have_text(["Maya Chen So the sev"])
    room.send({**said, "text": "So the seventh falls.", "final": True})
    await expect(lines).to_have_text(["Maya Chen So the seventh falls."])
    room.send({**said, "participant": "ben", "text": "I see", "final": True})
    await expect(lines).to_have_count(2)
    assert await in_both_widths(page) == []
    await page.keyboard.press("t")
    await expect(page.locator("[data-captions]")).to_be_hidden()


async def test_what_we_say_is_captioned_only_when_asked_and_unmuted(
    open_room: OpenRoom, room: RoomMock
) -> None:
    page = await join(await open_room(before=SPEECH), room)
    await room.heard("media", microphone=True)
    assert await page.evaluate("window.engine === undefined")
    await more(page, "Settings")
    await expect(page.locator("[data-dictate-note]")).to_contain_text("Google, Apple or Microsoft")
    await page.get_by_label("Caption what I say").check()
    await page.get_by_role("button", name="Done").click()
    await page.evaluate(HEARD)
    caption = await room.heard("caption")
    assert (caption["text"], caption["final"]) == ("Hello", True)
    await page.keyboard.press("m")
    await page.wait_for_function("() => window.engineStopped === true")


async def test_browser_without_dictation_says_so(open_room: OpenRoom, room: RoomMock) -> None:
    page = await join(await open_room(before=NO_SPEECH), room)
    await more(page, "Settings")
    await expect(page.locator("[data-dictate]")).to_be_disabled()
    await expect(page.locator("[data-dictate-note]")).to_contain_text("can't write down")


# --- keys


async def test_space_held_speaks_and_released_is_silent(open_room: OpenRoom, room: RoomMock) -> None:
    page = await join(await open_room(), room)
    await control(page, "Mic").click()
    await room.heard("media", microphone=False)
    await page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    await dialog.get_by_label("Hold the space bar to speak").check()
    await dialog.get_by_role("button", name="Done").click()
    await control(page, "Mic").focus()
    await page.keyboard.down("Space")
    await room.heard("media", microphone=True, count=2)
    await page.keyboard.up("Space")
    await room.heard("media", microphone=False, count=2)
    await expect(control(page, "Mic")).to_have_attribute("aria-pressed", "false")


async def test_all_keys_can_be_turned_off_and_stay_off(open_room: OpenRoom, room: RoomMock) -> None:
    page = await join(await open_room(), room)
    await page.keyboard.press("?")
    await page.get_by_label("Use these keys").uncheck()
    await page.get_by_role("button", name="Done").click()
    await page.keyboard.press("h")
    await page.keyboard.press("c")
    await page.reload()
    await room.heard("offer", count=2)
    await page.keyboard.press("h")
    await page.keyboard.press("p")
    await expect(page.locator('[data-panel="people"]')).to_be_hidden()
    assert not [one for one in room.received if one["type"] == "hand"]


@pytest.mark.parametrize("dialog", ["settings", "keys", "moment"])
async def test_dialogs_are_accessible(open_room: OpenRoom, room: RoomMock, dialog: str) -> None:
    page = await join(await open_room(), room)
    await page.locator(f'[data-dialog="{dialog}"]').evaluate("box => box.showModal()")
    assert await in_both_widths(page) == []


# --- devices and networks


async def test_another_microphone_takes_over_without_a_new_offer(
    open_room: OpenRoom, room: RoomMock
) -> None:
    page = await join(await open_room(), room)
    await plays(page, "me")
    await more(page, "Settings")
    await page.get_by_label("Take background noise out").uncheck()
    cameras = await page.locator('[data-dialog="settings"] [data-device="camera"] option').all()
    last = await cameras[-1].get_attribute("value")
    await page.locator('[data-dialog="settings"] [data-device="camera"]').select_option(last)
    await page.get_by_role("button", name="Done").click()
    await plays(page, "me")
    assert len([one for one in room.received if one["type"] == "offer"]) == 1


async def test_slow_network_says_its_steps_once_they_last(open_room: OpenRoom, room: RoomMock) -> None:
    room.people = [MAYA]
    page = await join(await open_room(), room)
    await plays(page, "maya")
    report = {"type": "quality", "loss": 0.01, "rtt_ms": 80, "reason": "your_network"}
    room.send({**report, "participant": "me", "score": 2, "layer": "q"})
    banner = page.locator("[data-banner]")
    await expect(banner).to_contain_text("others see you smaller")
    # the node's word on ourselves is the worse of both ways: here it is the one to us
    room.send({**report, "participant": "maya", "score": 3, "layer": "h"})
    await expect(banner).to_contain_text("pictures are smaller for now")
    room.send({**report, "participant": "maya", "score": 1, "layer": "none"})
    await expect(banner).to_contain_text("too slow for video")
    for participant in ("me", "maya"):
        room.send({**report, "participant": participant, "score": 5, "layer": "f", "reason": None})
    await expect(banner).to_be_empty()


async def test_five_minutes_before_the_end_everybody_is_told(open_room: OpenRoom, room: RoomMock) -> None:
    room.role, room.minutes_left = "mentor", 5.05
    page = await join(await open_room(), room)
    await expect(page.locator(".toast")).to_contain_text(
        "5 minutes left. Time for takeaways and homework."
    )
    await expect(page.locator("[data-time-left]")).to_have_class(re.compile("urgent"))
