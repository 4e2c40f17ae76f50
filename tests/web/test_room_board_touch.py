"""The whiteboard under a finger and a pen, as Chromium makes pointers of them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import CDPSession, Page, expect

from tests.web.room_browser import OpenRoom
from tests.web.room_mock import RoomMock
from tests.web.test_room_teaching import enter, open_panel, spot

pytestmark = [pytest.mark.browser, pytest.mark.media, pytest.mark.asyncio(loop_scope="module")]

Point = tuple[float, float]

PHONE = {"width": 390, "height": 844}


class Glass:
    """A touch screen: fingers that go down, move and come up, and a pen."""

    def __init__(self, page: Page, devices: CDPSession) -> None:
        self.page = page
        self._devices = devices

    async def _fingers(self, kind: str, *points: Point) -> None:
        at = [await spot(self.page, *point) for point in points]
        found = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(at)]
        await self._devices.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": found})

    async def stroke(
        self, *points: tuple[float, float], beside: tuple[float, float] | None = None
    ) -> None:
        """One finger along the points; another one rests `beside` it from the second on."""
        resting = () if beside is None else (beside,)
        await self._fingers("touchStart", points[0])
        if beside is not None:
            await self._fingers("touchStart", points[0], beside)
        for point in points[1:]:
            await self._fingers("touchMove", point, *resting)
        await self._fingers("touchEnd")

    async def draw_with_pen(self, *points: Point) -> None:
        kinds = ["mousePressed", *["mouseMoved"] * (len(points) - 1), "mouseReleased"]
        for kind, point in zip(kinds, (*points, points[-1]), strict=True):
            x, y = await spot(self.page, *point)
            about = {"type": kind, "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1}
            pen = {"pointerType": "pen", "force": 0.5}
            await self._devices.send("Input.dispatchMouseEvent", {**about, **pen})


@pytest_asyncio.fixture(loop_scope="module")
async def glass(open_room: OpenRoom, room: RoomMock) -> AsyncIterator[Glass]:
    """In the room, on a touch screen, before the whiteboard."""
    page = await enter(open_room, room)
    devices = await page.context.new_cdp_session(page)
    await devices.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 5})
    await open_panel(page, "Whiteboard")
    yield Glass(page, devices)


async def test_a_finger_draws_and_moves_no_page(glass: Glass, room: RoomMock) -> None:
    """Down and up again: were it a scrolling gesture, the browser would take the pointer away."""
    await glass.stroke((300, 200), (320, 350), (340, 500), (420, 700))
    await room.heard("whiteboard", op="add")
    (line,) = room.lesson.drawn()
    assert line.kind == "pen"
    ends = (*line.points[:2], *line.points[-2:])
    assert all(abs(a - b) < 15 for a, b in zip(ends, (300, 200, 420, 700), strict=True))


async def test_a_resting_hand_beside_the_finger_draws_nothing(glass: Glass, room: RoomMock) -> None:
    await glass.stroke((300, 200), (500, 300), (700, 400), beside=(1200, 800))
    await room.heard("whiteboard", op="add")
    assert len(room.lesson.drawn()) == 1
    await glass.stroke((300, 600), (700, 600))
    await room.heard("whiteboard", 2, op="add")


async def test_a_fingertip_that_is_near_enough_moves_and_erases(glass: Glass, room: RoomMock) -> None:
    panel = glass.page.locator(".panel:visible")
    await panel.get_by_title("Line").click()
    await glass.stroke((300, 300), (600, 300), (900, 300))
    await room.heard("whiteboard", op="add")
    await panel.get_by_title("Move").click()
    await glass.stroke((600, 315), (600, 400), (600, 515))
    await room.heard("whiteboard", 2, op="add")
    (line,) = room.lesson.drawn()
    assert abs(line.y1 - 500) < 10
    await panel.get_by_title("Eraser").click()  # a swipe, quick enough to have no point on the line
    await glass.stroke((600, 450), (600, 550))
    await expect(panel.locator(".board-line")).to_have_count(0)


async def test_a_pen_draws_and_on_a_phone_a_finger_does(glass: Glass, room: RoomMock) -> None:
    await glass.draw_with_pen((200, 200), (400, 250), (600, 300))
    await room.heard("whiteboard", op="add")
    assert [one.kind for one in room.lesson.drawn()] == ["pen"]
    await glass.page.set_viewport_size(PHONE)
    await glass.stroke((200, 500), (400, 600), (600, 700))
    await room.heard("whiteboard", 2, op="add")
    assert await glass.page.evaluate("scrollY + scrollX") == 0
