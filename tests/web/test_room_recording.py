"""The recording as who leads the lesson sees it: what is on disk, the alarm, pausing and stopping."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from tests.web.room_browser import BEN, OpenRoom, control, join
from tests.web.room_mock import RoomMock

pytestmark = [pytest.mark.browser, pytest.mark.media, pytest.mark.asyncio(loop_scope="module")]


@pytest.fixture
def led(room: RoomMock) -> RoomMock:
    """A recorded lesson in which we are the mentor, and Ben is there."""
    room.role, room.media_works, room.consent = "mentor", False, True
    room.recording, room.people = "recording", [BEN]
    return room


def track(source: str, octets: int, alarm: str = "", participant: str = "ben") -> dict[str, Any]:
    about = {"participant": participant, "source": source, "bytes": octets, "keyframes": 1}
    return {**about, "last_write_ms": 40, "lag_ms": 0, "alarm": alarm}


def tell(room: RoomMock, *tracks: dict[str, Any], state: str = "recording") -> None:
    room.send({"type": "recording", "state": state, "live": True, "health": {"tracks": list(tracks)}})


async def test_leader_sees_what_is_on_disk_of_each(open_room: OpenRoom, led: RoomMock) -> None:
    page = await join(await open_room(), led)
    tell(led, track("camera", 1_440_000), track("microphone", 81_000), track("microphone", 999, "", "me"))
    await page.locator("[data-record]").click()
    lines = page.locator("[data-health-list] li")
    await expect(lines).to_have_text(["Ben Okafor camera 1.4 MB, voice 81 kB", "You voice 999 B"])
    tell(led, track("camera", 2_000_000))
    await expect(lines).to_have_text(["Ben Okafor camera 2.0 MB"])


async def test_alarm_is_said_and_ends_when_the_recording_goes_on(
    open_room: OpenRoom, led: RoomMock
) -> None:
    page = await join(await open_room(), led)
    tell(led, track("camera", 5000, "stalled"))
    alarm = page.get_by_role("alert").filter(has_text="not being recorded")
    await expect(alarm).to_have_text(
        "Ben Okafor’s camera is not being recorded: nothing of it gets onto the disk."
    )
    tell(led, track("camera", 9000))
    await expect(alarm).to_be_hidden()
    await expect(page.locator("[data-announce]")).to_have_text("Everything is being recorded again.")


async def test_a_pause_ends_the_alarm(open_room: OpenRoom, led: RoomMock) -> None:
    page = await join(await open_room(), led)
    tell(led, track("camera", 5000, "disk_full"), state="interrupted")
    await expect(page.locator("[data-tape-alarm]")).to_be_visible()
    led.send({"type": "recording", "state": "paused", "live": True})
    await expect(page.locator("[data-tape-alarm]")).to_be_hidden()
    await expect(page.locator("[data-record]")).to_have_text("Recording paused")


async def test_learners_are_shown_no_alarm(open_room: OpenRoom, led: RoomMock) -> None:
    led.role = "learner"
    page = await join(await open_room(), led)
    tell(led, track("camera", 5000, "stalled"), state="interrupted")
    await expect(page.locator("[data-record]")).to_have_text("Recording interrupted")
    await expect(page.locator("[data-tape-alarm]")).to_be_hidden()
    await expect(page.locator("[data-health]")).to_be_hidden()


async def test_mentor_stops_the_recording_when_they_are_sure(open_room: OpenRoom, led: RoomMock) -> None:
    page = await join(await open_room(), led)
    await control(page, "More").click()
    await page.get_by_role("button", name="Stop the recording").click()
    dialog = page.get_by_role("dialog", name="Stop the recording for good?")
    await dialog.get_by_role("button", name="Go on recording").click()
    await expect(dialog).to_be_hidden()
    await control(page, "More").click()
    await page.locator("#more-menu").get_by_role("button", name="Stop the recording").click()
    await dialog.get_by_role("button", name="Stop the recording").click()
    await led.heard("recording", action="stop")
    led.send({"type": "recording", "state": "finalising", "live": True})
    await expect(page.locator("[data-record]")).to_have_text("Saving recording")
    await expect(page.locator("[data-tape-stop]")).to_be_hidden()


async def test_too_little_disk_is_said_before_the_lesson(open_room: OpenRoom, led: RoomMock) -> None:
    led.live, led.recording, led.minutes_left = False, "off", 50
    led.at_hand = {"recording_problem": "Recording isn’t possible just now: no space."}
    led.house = {"recordable": False}
    page = await open_room()
    await expect(page.get_by_text("Recording isn’t possible just now: no space.")).to_be_visible()
    await join(page, led)
    await expect(page.locator("[data-record]")).to_have_text("Can’t be recorded")
    await expect(page.locator("[data-not-recordable]")).to_be_visible()
    led.change(recordable=True)
    await expect(page.locator("[data-record]")).to_have_text("Not recorded")
    await expect(page.locator("[data-not-recordable]")).to_be_hidden()
