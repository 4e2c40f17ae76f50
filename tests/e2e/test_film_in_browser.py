"""From the lesson to its film, in real browsers: who said no is not in it, and catches up by it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.e2e.browser import Browser
from tests.e2e.footage import LOOKS
from tests.e2e.platform import Town
from tests.e2e.test_lesson_in_browsers import alike

LESSON_MS = 5000
MIDDLE = """() => {
  const video = document.querySelector("[data-film] video");
  const canvas = Object.assign(document.createElement("canvas"), {width: 16, height: 16});
  const pen = canvas.getContext("2d");
  pen.drawImage(video, 0, 0, 16, 16);
  return [...pen.getImageData(8, 8, 1, 1).data].slice(0, 3);
}"""
PLAYS = """() => document.querySelector("[data-film] video").currentTime > 1.5"""

pytestmark = pytest.mark.browser


@pytest.fixture
async def lesson(town: Town, tmp_path: Path) -> AsyncIterator[tuple[Browser, Browser, str]]:
    """A mentor and a learner in the room of a lesson that is recorded."""
    mentor, learner = await town.mentor(), await town.register("learner")
    session_id = await town.lesson(mentor)
    await learner.call("POST", f"/sessions/{session_id}/bookings", expect=201)
    async with AsyncExitStack() as stack:
        playwright = await stack.enter_async_context(async_playwright())
        browsers = []
        for person, look in zip((mentor, learner), LOOKS, strict=False):
            browsers.append(await Browser.open(playwright, person, look, tmp_path / look.name))
            stack.push_async_callback(browsers[-1].close)
            await browsers[-1].enter(session_id)
        yield browsers[0], browsers[1], session_id


async def teach(ann: Browser, bob: Browser) -> None:
    """A few seconds, of which the mentor marks one moment, and is recorded alone."""
    await ann.page.locator("[data-start]").click()
    await ann.page.locator("[data-action=consent-yes]").click()
    await bob.page.locator("[data-action=consent-no]").click()
    await ann.page.locator("[data-record][data-state=recording]").wait_for()
    await ann.page.wait_for_timeout(LESSON_MS)  # how long the lesson lasts
    await ann.press("more")
    await ann.page.locator("#more-menu").get_by_role("button", name="Mark this moment").click()
    mark = ann.page.get_by_role("dialog", name="Mark this moment")
    await mark.get_by_role("textbox").fill("The second flame")
    await mark.locator("[type=submit]").click()
    await ann.page.wait_for_timeout(LESSON_MS / 2)
    await ann.press("more")
    await ann.page.locator("[data-end]").click()
    await ann.page.locator("[data-dialog=end] [data-action=end]").click()
    await bob.page.locator("[data-view=over]").wait_for()


async def watch(page: Page) -> None:
    """The film comes without a reload, and plays."""
    await expect(page.locator("[data-film]")).to_be_visible()
    await page.locator("[data-continue]").click()
    await page.wait_for_function(PLAYS)


async def test_the_film_of_a_lesson_comes_and_plays(lesson: tuple[Browser, Browser, str]) -> None:
    ann, bob, session_id = lesson
    await teach(ann, bob)
    await bob.page.goto(f"/sessions/{session_id}/recordings")
    await watch(bob.page)
    seen = await bob.page.evaluate(MIDDLE)
    assert alike(tuple(seen), ann.look), ("the film shows", seen)
    chapters = bob.page.locator("[data-film]").get_by_role("link")
    await expect(chapters.filter(has_text="The second flame")).to_be_visible()
    told = await bob.person.call("GET", f"/sessions/{session_id}/recordings")
    assert {track["participant_name"] for track in told["tracks"]} == {ann.person.username}
    assert told["film"]["duration_ms"] >= LESSON_MS
    assert ann.complaints == bob.complaints == []
