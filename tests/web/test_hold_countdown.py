"""How long a held seat is still kept, counted down on its page; at the end it asks what became of it."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Browser, expect

SLOW_S = 30  # to open a page on a busy machine
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


def words(seconds: int) -> str:
    hours, minutes = seconds // 3600, seconds // 60 % 60
    shown = f"{minutes:02}:{seconds % 60:02}"
    return f"{hours}:{shown}" if hours else shown.removeprefix("0")


async def test_hold_is_counted_down_and_its_end_asks_the_server(chromium: Browser, samples: str) -> None:
    tab = await chromium.new_page(reduced_motion="reduce")
    await tab.clock.install()
    await tab.goto(samples + "book-held")
    await tab.clock.pause_at(await tab.evaluate("Date.now() / 1000 + 1"))
    timer = tab.get_by_role("timer")
    held = int(await timer.get_attribute("data-countdown") or 0)
    left = _seconds(await timer.inner_text())
    assert held - SLOW_S < left < held
    await tab.clock.run_for(61_000)
    await expect(timer).to_have_text(words(left - 61))
    await tab.route("**/book-held", lambda route: route.fulfill(body="The hold is over."))
    async with tab.expect_request(lambda request: request.is_navigation_request()):
        rest = asyncio.ensure_future(tab.clock.run_for(left * 1000))
    await expect(tab.get_by_text("The hold is over.")).to_be_visible()
    rest.cancel()  # nobody answers for the clock of a page that is gone
    await tab.close()


def _seconds(text: str) -> int:
    total = 0
    for part in text.split(":"):
        total = total * 60 + int(part)
    return total
