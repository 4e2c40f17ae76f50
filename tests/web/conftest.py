"""One Chromium for all tests of the room's page, a fresh context and a fresh room for each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import aioice.ice
import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright

from tests.chromium import CHROMIUM, PATIENCE_MS, SHELL
from tests.e2e.platform import Platform
from tests.web.room_browser import FLAGS, MAKE_SCREEN, OpenRoom
from tests.web.room_media import Unseen
from tests.web.room_mock import RoomMock
from tests.web.sample_house import sample_house
from tests.web.site_pages import Visitors

READ_IN_A_BROWSER = {  # they need no media, no push and no windows
    "test_site_pages.py",
    "test_profile_pages.py",
    "test_samples_accessible.py",
    "test_keyboard.py",
    "test_ways_of_looking.py",
}
REFUSED = "the server responded with a status of 422"  # the browser's own line; the page says it too
PAGES_IN_A_BROWSER = {
    *READ_IN_A_BROWSER,
    "test_recording_player.py",
    "test_uploads.py",
    "test_recovery_codes.py",
    "test_conversation_live.py",
    "test_news_live.py",
    "test_app_live.py",
    "test_wizard_live.py",
    "test_card_element.py",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker, one browser."""
    for item in items:
        if item.path.name.startswith("test_room_"):
            item.add_marker(pytest.mark.xdist_group("room_page"))
        if item.path.name in PAGES_IN_A_BROWSER:
            item.add_marker(pytest.mark.xdist_group("site_pages"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium(request: pytest.FixtureRequest) -> AsyncIterator[Browser]:
    reads = request.path.name in READ_IN_A_BROWSER
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=SHELL if reads else CHROMIUM, args=FLAGS
        )
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def samples() -> AsyncIterator[str]:
    """The address of a server that shows each sample under its name."""
    async with sample_house() as address:
        yield address


@pytest_asyncio.fixture(loop_scope="module")
async def room(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[RoomMock]:
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda use_ipv4, use_ipv6: ["127.0.0.1"])
    monkeypatch.setattr("aiortc.rtcrtpreceiver.get_decoder", lambda codec: Unseen())
    room = RoomMock()
    await room.start()
    yield room
    await room.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def open_room(chromium: Browser, room: RoomMock) -> AsyncIterator[OpenRoom]:
    """Opens the room's page; whatever it complains about in the console fails the test."""
    complaints: list[str] = []
    contexts = []

    def complain(said: ConsoleMessage) -> None:
        if said.type == "error" and REFUSED not in said.text:
            complaints.append(said.text)

    async def open_page(*, allowed: bool = True, before: str = "", host: str = "127.0.0.1") -> Page:
        context = await chromium.new_context(viewport={"width": 1280, "height": 800})
        contexts.append(context)
        if allowed:
            await context.grant_permissions(["camera", "microphone"])
        await context.add_init_script(MAKE_SCREEN + before)
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", complain)
        await page.goto(room.url.replace("127.0.0.1", host))
        return page

    yield open_page
    for context in contexts:
        await context.close()
    assert complaints == []


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The platform, in a loop of its own between tests."""
    platform = Platform(tmp_path_factory.mktemp("house"))
    loop = asyncio.new_event_loop()
    loop.run_until_complete(platform.start())
    yield platform
    loop.run_until_complete(platform.stop())
    loop.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def visitors(chromium: Browser, house: Platform) -> AsyncIterator[Visitors]:
    """Of the platform: somebody of each role, in a browser."""
    visitors = Visitors(chromium, house)
    yield visitors
    await visitors.close()
