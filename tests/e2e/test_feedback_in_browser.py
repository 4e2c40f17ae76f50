"""After a lesson, in real browsers: its summary, a review given by keyboard alone, the mentor's answer,
and the rating wherever the mentor is shown."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.e2e.browser import Browser
from tests.e2e.footage import LOOKS
from tests.e2e.platform import Town

RATED = "Rated 4.2 of 5 by 1 learner"  # one person's five stars, weighed against the usual four
MOST_TABS = 60

pytestmark = pytest.mark.browser


@pytest.fixture
async def taught(town: Town, tmp_path: Path) -> AsyncIterator[tuple[Browser, Browser, str]]:
    """A mentor and a learner in the room, and the path of another date of the same lesson."""
    mentor, learner = await town.mentor(), await town.register("learner")
    session_id = await town.lesson(mentor, recording="off")
    tomorrow = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=1)
    next_id = await town.lesson(mentor, starts_at=tomorrow.strftime("%Y-%m-%dT%H:%M:%SZ"))
    await learner.call("POST", f"/sessions/{session_id}/bookings", expect=201)
    async with AsyncExitStack() as stack:
        playwright = await stack.enter_async_context(async_playwright())
        browsers = []
        for person, look in zip((mentor, learner), LOOKS, strict=False):
            browsers.append(await Browser.open(playwright, person, look, tmp_path / look.name))
            stack.push_async_callback(browsers[-1].close)
            await browsers[-1].enter(session_id)
        yield browsers[0], browsers[1], f"/sessions/{next_id}"


async def end_the_lesson(ann: Browser, bob: Browser) -> None:
    await ann.page.locator("[data-start]").click()
    await expect(bob.page.locator("[data-live]")).to_be_visible()
    await bob.page.wait_for_timeout(3000)  # how long the lesson lasts: attendance is measured
    await ann.press("more")
    await ann.page.locator("[data-end]").click()
    await ann.page.locator("[data-dialog=end] [data-action=end]").click()


async def tab_to(page: Page, name: str) -> None:
    """Go on by the Tab key until the control of that name has the focus."""
    for _ in range(MOST_TABS):
        await page.keyboard.press("Tab")
        focused = await page.evaluate(
            "() => { const one = document.activeElement;"
            " return (one.labels?.[0] ?? one).textContent + '|' + one.name; }"
        )
        if name in focused:
            return
    raise AssertionError(f"the keyboard does not reach {name!r}")


async def test_from_the_lessons_end_to_the_answer_to_a_review(
    taught: tuple[Browser, Browser, str],
) -> None:
    ann, bob, next_date = taught
    await end_the_lesson(ann, bob)
    await bob.page.get_by_role("link", name="See the summary").click()
    await expect(bob.page.get_by_text("The lesson is over")).to_be_visible()
    await expect(bob.page.get_by_role("heading", name="Who was there")).to_be_visible()

    # five stars, by keyboard alone
    await tab_to(bob.page, "|rating")
    await bob.page.keyboard.press("ArrowLeft")  # from the first star to the last
    chosen = bob.page.locator("[name=rating]:checked")
    assert await chosen.get_attribute("value") == "5"
    await expect(bob.page.locator(".star-large .star-word-5")).to_be_visible()
    await tab_to(bob.page, "|comment")
    await bob.page.keyboard.type("I can read one now.")
    await tab_to(bob.page, "Give my review")
    await bob.page.keyboard.press("Enter")
    await expect(bob.page.locator(".review", has_text="I can read one now.")).to_be_visible()
    await expect(bob.page.get_by_role("img", name="5 of 5 stars")).to_be_visible()

    # the mentor answers
    await ann.page.get_by_role("link", name="See the summary").click()
    await ann.page.locator(".review summary", has_text="Answer").click()
    await ann.page.get_by_label("Your answer").fill("Well listened!")
    await ann.page.get_by_role("button", name="Send my answer").click()
    await expect(ann.page.locator(".review-reply")).to_contain_text("Well listened!")
    await bob.page.reload()
    await expect(bob.page.locator(".review-reply")).to_contain_text("Well listened!")

    # and it counts wherever the mentor is shown
    await bob.page.goto(f"/sessions/?mentor={ann.person.username}")
    card = bob.page.locator("article, li", has_text="Reading a flame graph").first
    await expect(card).to_contain_text(RATED)
    await bob.page.goto(next_date)
    await expect(bob.page.locator("main").get_by_text(re.compile(RATED)).first).to_be_attached()
    await bob.page.goto(f"/profile/{ann.person.username}")
    await expect(bob.page.locator("main")).to_contain_text(RATED)
    assert ann.complaints == bob.complaints == []
