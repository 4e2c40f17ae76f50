"""Driving the room's page: what a test does with a browser, and how the browser is started."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from playwright.async_api import Locator, Page, expect

from tests import chromium
from tests.web.room_media import Person
from tests.web.room_mock import RoomMock

INSECURE_HOST = "room.test"  # resolves to loopback, but is no secure context
FLAGS = [*chromium.FLAGS, f"--host-resolver-rules=MAP {INSECURE_HOST} 127.0.0.1"]
MAKE_SCREEN = """
navigator.mediaDevices && (navigator.mediaDevices.getDisplayMedia = async () => {
  const canvas = document.createElement("canvas");
  canvas.getContext("2d").fillRect(0, 0, 320, 180);
  return (window.sharedScreen = canvas.captureStream(5));
});
"""

MAYA = Person("maya", "Maya Chen", "mentor", (96, 120, 104))
BEN = Person("ben", "Ben Okafor", colour=(120, 96, 84))

OpenRoom = Callable[..., Awaitable[Page]]


async def join(page: Page, room: RoomMock) -> Page:
    await page.get_by_role("button", name="Join").click()
    await room.heard("offer")
    return page


def control(page: Page, name: str) -> Locator:
    return page.locator(".controls").get_by_role("button", name=name, exact=True)


def tile(page: Page, participant: str, source: str = "camera") -> Locator:
    return page.locator(f'.tile[data-participant="{participant}"][data-source="{source}"]')


async def plays(page: Page, participant: str, source: str = "camera") -> None:
    """Wait until that picture moves."""
    await expect(tile(page, participant, source)).to_have_class(re.compile("has-frame"))
    video = await tile(page, participant, source).locator("video").element_handle()
    before = await video.evaluate("video => video.currentTime")
    await page.wait_for_function("([video, then]) => video.currentTime > then", arg=[video, before])
