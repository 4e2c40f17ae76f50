"""Layers that are sent, widths that are asked for, and what the page says of quality, in Chromium."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.web.room_browser import BEN, MAYA, OpenRoom, control, join, plays, tile
from tests.web.room_mock import RoomMock
from tests.web.test_room_accessible import in_both_widths

HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
HASTE = """
const wait = setTimeout;
window.setTimeout = (step, ms, ...more) => wait(step, ms === 3000 ? 50 : ms, ...more);
"""

pytestmark = [pytest.mark.browser, pytest.mark.media, pytest.mark.asyncio(loop_scope="module")]


def report(participant: str, **fields: Any) -> dict[str, Any]:
    good = {"score": 5, "loss": 0.0, "rtt_ms": 20, "layer": "f"}
    return {"type": "quality", "participant": participant, **good, **fields}


async def in_module(page: Page, module: str, expression: str) -> Any:
    """The value of `expression`, which sees the module as `m`."""
    return await page.evaluate(f"import('/static/js/room/{module}.js').then((m) => {expression})")


# --- what is sent


async def test_camera_is_offered_in_three_layers_and_the_screen_in_two_of_its_own_size(
    open_room: OpenRoom, room: RoomMock
) -> None:
    page = await join(await open_room(), room)
    await control(page, "Share").click()
    offer = await room.heard("offer", count=2)
    sections = offer["offer"]["sdp"].split("m=video")[1:]
    rids = [re.findall(r"a=rid:(\w) send", section) for section in sections]
    assert rids == [["q", "h", "f"], ["q", "f"]]
    screen = await in_module(page, "sending", "m.encodings('screen', null)")
    assert {layer["scaleResolutionDownBy"] for layer in screen} == {1}
    assert [layer["maxFramerate"] for layer in screen] == [5, 15]


async def test_best_layer_is_the_whole_picture_of_a_small_camera_too(
    open_room: OpenRoom, room: RoomMock
) -> None:
    sizes = [(1280, 720), (720, 1280), (640, 480), (320, 240)]
    listed = ",".join(f"{{width: {width}, height: {height}}}" for width, height in sizes)
    found = await in_module(await open_room(), "sending", f"[{listed}].map(m.cameraLayers)")
    active = [[one for one in layers if one["active"]] for layers in found]
    scales = [{one["rid"]: one["scaleResolutionDownBy"] for one in layers} for layers in active]
    assert scales == [{"q": 4, "h": 2, "f": 1}, {"q": 4, "h": 2, "f": 1}, {"q": 2, "h": 1}, {"q": 1}]
    for layers in active:
        rates = [one["maxBitrate"] for one in layers]
        assert rates == sorted(rates)


# --- what is asked for


async def test_server_is_told_how_wide_pictures_are_shown(open_room: OpenRoom, room: RoomMock) -> None:
    room.people = [MAYA, BEN]
    page = await join(await open_room(), room)
    wide = (await room.heard("subscribe", participant="maya", source="camera"))["width"]
    box = await tile(page, "maya").bounding_box()
    assert box is not None
    assert abs(wide - box["width"]) <= 32
    await tile(page, "ben").locator(".tile-pin").click()
    small = await room.heard("subscribe", count=2, participant="maya", source="camera")
    assert small["width"] < wide
    large = await room.heard("subscribe", count=2, participant="ben", source="camera")
    assert large["width"] > wide
    count = len([one for one in room.received if one["type"] == "subscribe"])
    await page.set_viewport_size({"width": 1276, "height": 800})
    await page.wait_for_timeout(400)
    assert len([one for one in room.received if one["type"] == "subscribe"]) <= count + 1


async def test_pictures_are_off_while_the_page_is_away(open_room: OpenRoom, room: RoomMock) -> None:
    room.people = [MAYA]
    page = await join(await open_room(before=HASTE), room)
    await room.heard("subscribe", participant="maya", quality="auto")
    await page.evaluate(HIDE, True)
    await room.heard("subscribe", participant="maya", quality="off")
    await page.evaluate(HIDE, False)
    await room.heard("subscribe", participant="maya", quality="auto", count=2)
    assert not [one for one in room.received if one.get("source") == "microphone"]


async def test_widths_are_told_again_after_a_reset_and_on_coming_back(
    open_room: OpenRoom, room: RoomMock
) -> None:
    room.people = [MAYA]
    await join(await open_room(), room)
    await room.heard("subscribe", participant="maya", quality="auto")
    room.send({"type": "reset", "reason": "node_moved"})
    await room.heard("subscribe", participant="maya", quality="auto", count=2)
    await room.drop()
    await room.heard("subscribe", participant="maya", quality="auto", count=3)


# --- what is said


async def test_signal_says_in_words_why_a_picture_is_not_at_its_best(
    open_room: OpenRoom, room: RoomMock
) -> None:
    room.people = [MAYA]
    page = await join(await open_room(), room)
    await plays(page, "maya")
    room.send(report("maya", score=2.4, layer="q", reason="your_network"))
    signal = tile(page, "maya").locator(".tile-signal")
    await expect(signal).to_have_attribute(
        "aria-label", "Maya Chen: Your connection is slow: this picture is less sharp for now"
    )
    await expect(signal).to_have_attribute("data-grade", "weak")
    await signal.hover()
    await expect(signal.locator(".tile-signal-words")).to_be_visible()
    room.send(report("maya", score=1.8, reason="their_network"))
    await expect(signal).to_have_attribute("aria-label", "Maya Chen: Their connection is slow")
    room.send(report("me", score=1.2, layer=None, reason="your_network"))
    own = tile(page, "me").locator(".tile-signal")
    await expect(own).to_have_attribute("data-grade", "poor")
    await expect(own).to_have_attribute("aria-label", re.compile("Your connection is slow"))


async def test_too_slow_for_video_is_said_and_the_sound_goes_on(
    open_room: OpenRoom, room: RoomMock
) -> None:
    room.people = [MAYA]
    page = await join(await open_room(), room)
    await plays(page, "maya")
    room.send(report("maya", score=1, layer="none", reason="your_network"))
    banner = page.locator("[data-banner]")
    await expect(banner).to_have_text(
        "Your connection is too slow for video right now. You still hear everyone."
    )
    await expect(tile(page, "maya").locator(".tile-note")).to_have_text("Sound only")
    await expect(tile(page, "maya").locator(".avatar")).to_be_visible()
    await expect(page.locator('audio[data-participant="maya"]')).to_have_count(1)
    assert await in_both_widths(page) == []
    room.send(report("maya", score=4, layer="h", reason="your_network"))
    await expect(banner).to_be_empty()
    await expect(tile(page, "maya").locator(".tile-note")).to_be_hidden()


async def test_ring_is_round_who_speaks_and_bad_news_have_their_tone(
    open_room: OpenRoom, room: RoomMock
) -> None:
    room.people = [MAYA, BEN]
    page = await join(await open_room(), room)
    room.send({"type": "speaking", "participant": "ben", "level": 0.6, "dominant": True})
    await expect(tile(page, "ben")).to_have_class(re.compile("speaking"))
    await expect(tile(page, "maya")).not_to_have_class(re.compile("speaking"))
    room.send({"type": "speaking", "participant": "ben", "level": 0, "dominant": True})
    await expect(tile(page, "ben")).not_to_have_class(re.compile("speaking"))
    room.send({"type": "error", "code": "not_stored", "message": "Try again.", "re": "hand"})
    await expect(page.locator(".toast.toast-bad")).to_contain_text("Try again.")


# --- another network, another node


async def test_another_network_restarts_ice_on_the_same_connection(
    open_room: OpenRoom, room: RoomMock
) -> None:
    room.people = [MAYA]
    page = await join(await open_room(), room)
    await plays(page, "maya")
    await page.evaluate("dispatchEvent(new Event('online'))")
    first, second = await room.heard("offer", count=1), await room.heard("offer", count=2)
    assert first["connection"] == second["connection"]
    ufrags = [re.findall(r"a=ice-ufrag:(\S+)", one["offer"]["sdp"])[0] for one in (first, second)]
    assert ufrags[0] != ufrags[1]
    assert len(room.joins) == 1


async def test_resets_in_a_row_are_taken_more_and_more_slowly(
    open_room: OpenRoom, room: RoomMock
) -> None:
    await join(await open_room(), room)
    for number in range(1, 4):
        await room.heard("offer", count=number)
        room.send({"type": "reset", "reason": "node_moved"})
    await asyncio.sleep(1.0)
    assert len({one["connection"] for one in room.received if one["type"] == "offer"}) == 3
    await room.heard("offer", count=4)
