"""A lesson is taught with polls, notes and a whiteboard in real browsers, and its server is killed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Locator, Page, async_playwright, expect

from tests.e2e.browser import Browser
from tests.e2e.footage import LOOKS
from tests.e2e.platform import Platform, Town

KILL = 9

pytestmark = pytest.mark.browser


@pytest.fixture
async def mortal(tmp_path: Path) -> AsyncIterator[Platform]:
    """A platform of this test's own, which it may kill."""
    platform = Platform(tmp_path / "data")
    await platform.start()
    yield platform
    await platform.stop()


@pytest.fixture
async def pair(mortal: Platform, tmp_path: Path) -> AsyncIterator[tuple[Browser, Browser]]:
    """A mentor and a learner in one room."""
    async with AsyncExitStack() as stack:
        town = Town(mortal, await stack.enter_async_context(aiohttp.ClientSession()))
        mentor, learner = await town.mentor(), await town.register("learner")
        session_id = await town.lesson(mentor)
        await learner.call("POST", f"/sessions/{session_id}/bookings", expect=201)
        playwright = await stack.enter_async_context(async_playwright())
        people = zip((mentor, learner), LOOKS, strict=False)
        browsers = [
            await Browser.open(playwright, person, look, tmp_path / look.name) for person, look in people
        ]
        for browser in browsers:
            stack.push_async_callback(browser.close)
            await browser.enter(session_id)
        yield browsers[0], browsers[1]


async def panel(page: Page, name: str) -> Locator:
    await page.get_by_role("button", name="Activities").click()
    await page.locator("#activities-menu").get_by_role("button", name=name).click()
    return page.locator(".panel:visible", has=page.get_by_role("heading", name=name))


async def write(page: Page, notes: Locator, words: str) -> None:
    await notes.get_by_role("button", name="Add a paragraph").click()
    await page.keyboard.type(words)


async def draw(page: Page) -> None:
    box = await page.locator("[data-board]").bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + 40, box["y"] + 40)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 200, box["y"] + 90, steps=5)
    await page.mouse.up()


async def test_what_was_taught_with_outlives_the_server(
    mortal: Platform, pair: tuple[Browser, Browser]
) -> None:
    ann, bob = pair[0].page, pair[1].page
    polls = await panel(ann, "Polls")
    await polls.get_by_role("button", name="Ask something").click()
    await polls.get_by_label("Your question").fill("Which chord follows G7?")
    await polls.get_by_label("Answer 1").fill("C major")
    await polls.get_by_label("Answer 2").fill("F major")
    await polls.get_by_role("button", name="Ask everyone").click()
    await bob.locator("[data-poll-card]").get_by_label("C major").check()
    await expect(polls).to_contain_text("1 person has answered")
    await polls.get_by_role("button", name="Show the result").click()
    await expect(bob.locator("[data-poll-card]")).to_contain_text("1 · 100 %")

    notes, others_notes = await panel(ann, "Shared notes"), await panel(bob, "Shared notes")
    await write(ann, notes, "Hear the seventh.")
    await expect(others_notes.get_by_label("Paragraph 1")).to_have_value("Hear the seventh.")
    await write(bob, others_notes, "It falls by a half step.")
    await expect(notes.get_by_label("Paragraph 2")).to_have_value("It falls by a half step.")

    await panel(bob, "Whiteboard")
    await draw(bob)
    board = await panel(ann, "Whiteboard")
    await expect(board.locator(".board-line")).to_have_count(1)

    await mortal.stop(KILL)
    await draw(ann)  # nobody hears it yet
    await mortal.start()
    for page in (ann, bob):
        await expect(page.locator("[data-board] .board-line")).to_have_count(2)
    notes = await panel(bob, "Shared notes")
    await expect(notes.locator(".note-text")).to_have_count(2)
    await write(bob, notes, "After the crash.")
    notes = await panel(ann, "Shared notes")
    await expect(notes.get_by_label("Paragraph 3")).to_have_value("After the crash.")
    await bob.reload()
    polls = await panel(bob, "Polls")
    await expect(polls).to_contain_text("1 · 100 %")
    await expect(polls.get_by_label("C major")).to_be_checked()
