"""Pictures, sound and negotiation of the live room in a real Chromium."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.web.room_browser import BEN, MAYA, OpenRoom, control, join, plays, tile
from tests.web.room_media import Person
from tests.web.room_mock import RoomMock

HASTE = """
const wait = setTimeout;
window.setTimeout = (step, ms, ...more) => wait(step, ms >= 5000 ? ms / 20 : ms, ...more);
"""

pytestmark = [pytest.mark.browser, pytest.mark.media, pytest.mark.asyncio(loop_scope="module")]

# --- pictures and sound


async def test_offer_names_what_each_section_carries(open_room: OpenRoom, room: RoomMock) -> None:
    await join(await open_room(), room)
    offer = await room.heard("offer")
    assert sorted(label["source"] for label in offer["tracks"].values()) == ["camera", "microphone"]
    assert offer["connection"]
    assert offer["offer"]["sdp"].count("a=sendonly") == 2


async def test_others_are_seen_and_heard_and_go_again(open_room: OpenRoom, room: RoomMock) -> None:
    page = await join(await open_room(), room)
    await room.show(MAYA, BEN)
    await plays(page, "maya")
    await plays(page, "ben")
    await expect(page.locator('audio[data-participant="ben"]')).to_have_count(1)
    await room.show(MAYA)
    await expect(tile(page, "ben")).to_have_count(0)
    await plays(page, "maya")


async def test_microphone_and_camera_buttons_tell_the_room(open_room: OpenRoom, room: RoomMock) -> None:
    page = await join(await open_room(), room)
    await room.heard("media", camera=True, microphone=True)
    await control(page, "Mic").click()
    await room.heard("media", camera=True, microphone=False)
    await expect(control(page, "Mic")).to_have_attribute("aria-pressed", "false")
    await control(page, "Camera").click()
    await room.heard("media", camera=False, microphone=False)
    await expect(tile(page, "me")).not_to_have_class(re.compile("has-picture"))
    await control(page, "Camera").click()
    await room.heard("media", camera=True, microphone=False)
    await plays(page, "me")
    assert len([one for one in room.received if one["type"] == "offer"]) == 1


async def test_person_without_camera_is_shown_by_initials(open_room: OpenRoom, room: RoomMock) -> None:
    page = await join(await open_room(), room)
    await room.show(Person("tom", "Tom Adler", camera=False, microphone=False, hand=True))
    await expect(tile(page, "tom").locator(".avatar")).to_have_text("TA")
    await expect(tile(page, "tom")).to_contain_text("Hand raised")
    await expect(tile(page, "tom").get_by_label("Muted:")).to_be_visible()


async def test_own_screen_is_a_second_track_beside_the_camera(
    open_room: OpenRoom, room: RoomMock
) -> None:
    page = await join(await open_room(), room)
    await control(page, "Share").click()
    offer = await room.heard("offer", count=2)
    sources = sorted(label["source"] for label in offer["tracks"].values())
    assert sources == ["camera", "microphone", "screen"]
    await room.heard("media", camera=True, screen=True)
    await plays(page, "me", "screen")
    await plays(page, "me", "camera")


async def test_sharing_stopped_by_the_browser_is_noticed(open_room: OpenRoom, room: RoomMock) -> None:
    page = await join(await open_room(), room)
    await control(page, "Share").click()
    await room.heard("media", screen=True)
    await page.evaluate("sharedScreen.getTracks()[0].dispatchEvent(new Event('ended'))")
    await room.heard("media", count=2, screen=False)
    offer = await room.heard("offer", count=3)
    assert "screen" not in {label["source"] for label in offer["tracks"].values()}
    await expect(tile(page, "me", "screen")).to_have_count(0)
    await expect(control(page, "Share")).to_have_attribute("aria-pressed", "false")


async def test_shared_screen_takes_the_stage_and_gives_it_back(
    open_room: OpenRoom, room: RoomMock
) -> None:
    page = await join(await open_room(), room)
    await room.show(Person("maya", "Maya Chen", "mentor", screen=True), BEN)
    await plays(page, "maya", "screen")
    await expect(tile(page, "maya", "screen")).to_have_class(re.compile("featured"))
    await plays(page, "maya", "camera")
    await room.show(MAYA, BEN)
    await expect(tile(page, "maya", "screen")).to_have_count(0)
    await expect(page.locator(".featured")).to_have_count(0)


async def test_speaker_view_shows_who_speaks_large(open_room: OpenRoom, room: RoomMock) -> None:
    page = await join(await open_room(), room)
    await room.show(MAYA, BEN)
    await control(page, "More").click()
    await page.get_by_role("button", name="Speaker", exact=True).click()
    room.send({"type": "speaking", "participant": "ben", "level": 0.5, "dominant": True})
    await expect(tile(page, "ben")).to_have_class(re.compile("featured"))
    await expect(tile(page, "ben")).to_have_class(re.compile("speaking"))


# --- negotiation and connection


async def test_own_offer_gives_way_on_glare_and_is_made_again(
    open_room: OpenRoom, room: RoomMock
) -> None:
    room.people = [MAYA]
    page = await join(await open_room(), room)
    await plays(page, "maya")
    room.collide = True
    await control(page, "Share").click()
    again = await room.heard("offer", count=3)
    assert "screen" in {label["source"] for label in again["tracks"].values()}
    await page.wait_for_function("() => document.querySelectorAll('.toast').length === 0")
    await plays(page, "maya")
    assert room.peer is not None
    assert "screen" in {label["source"] for label in room.peer.labels[-1].values()}


async def test_reset_makes_a_new_connection(open_room: OpenRoom, room: RoomMock) -> None:
    room.people = [MAYA]
    page = await join(await open_room(), room)
    await plays(page, "maya")
    room.send({"type": "reset", "reason": "node_restarted"})
    first, second = await room.heard("offer", count=1), await room.heard("offer", count=2)
    assert first["connection"] != second["connection"]
    await plays(page, "maya")


async def test_lost_socket_comes_back_to_the_same_seat_and_connection(
    open_room: OpenRoom, room: RoomMock
) -> None:
    room.people = [MAYA]
    page = await join(await open_room(), room)
    await plays(page, "maya")
    await room.drop()
    await expect(page.locator("[data-banner]")).to_contain_text("Getting you back")
    first, second = await room.heard("offer", count=1), await room.heard("offer", count=2)
    assert room.joins[1] == {"resume": "resume-1"}
    assert first["connection"] == second["connection"]
    await expect(page.locator("[data-banner]")).to_be_empty()
    await plays(page, "maya")


async def test_reload_goes_straight_back_in(open_room: OpenRoom, room: RoomMock) -> None:
    page = await join(await open_room(), room)
    await page.reload()
    await room.heard("offer", count=2)
    assert room.joins[1] == {"resume": "resume-1"}
    await expect(page.locator(".call")).to_be_visible()
    await plays(page, "me")


async def test_media_that_does_not_get_through_is_said(open_room: OpenRoom, room: RoomMock) -> None:
    room.media_works = False
    page = await join(await open_room(before=HASTE), room)
    await expect(page.locator("[data-banner]")).to_contain_text("network may block video calls")
    await room.heard("offer", count=2)


async def test_media_server_that_is_away_is_said_once_and_comes_back(
    open_room: OpenRoom, room: RoomMock
) -> None:
    page = await join(await open_room(), room)
    await plays(page, "me")
    for re_ in ("offer", "ice-candidate", "subscribe"):
        room.send({"type": "error", "code": "media_unavailable", "message": "Away.", "re": re_})
    await expect(page.locator("[data-banner]")).to_contain_text("away for a moment")
    assert await page.locator(".toast").count() == 0
    room.send({"type": "reset", "reason": "node_restarted"})
    await expect(page.locator("[data-banner]")).to_be_empty()
    room.send({"type": "error", "code": "media_full", "message": "Full."})
    await expect(page.locator("[data-banner]")).to_contain_text("are full just now")
    assert await page.locator(".toast").count() == 0
