"""Creating a session with scripts: what is typed is kept by itself, and times are told at once."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.e2e.platform import Platform

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PASSWORD = "learning-is-fun"
START = "/dashboard/mentor/create"


async def signed_in(chromium: Browser, house: Platform) -> BrowserContext:
    context = await chromium.new_context(base_url=house.base, reduced_motion="reduce")
    login = {"identifier": "mira@peerlearn.example", "password": PASSWORD}
    assert (await context.request.post("/api/v1/auth/login", data=login)).ok
    return context


async def go_on(page: Page, heading: str) -> None:
    await page.get_by_role("button", name="Go on").click()
    await expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()


async def test_draft_is_kept_while_it_is_written(chromium: Browser, house: Platform) -> None:
    context = await signed_in(chromium, house)
    page = await context.new_page()
    await page.goto(START)
    await page.get_by_label("Title").fill("Watercolours on a train")
    saved = page.locator("[data-saved]")
    await expect(saved).to_have_text(re.compile(r"Saved \d\d:\d\d"))
    await expect(page).to_have_url(re.compile(f"{START}/[0-9a-f-]{{36}}/basics"))
    draft = page.url.rpartition("/")[0]

    other = await context.new_page()
    await other.goto(page.url)
    await expect(other.get_by_label("Title")).to_have_value("Watercolours on a train")
    await other.get_by_label("Title").fill("Watercolours on a boat")
    await expect(other.locator("[data-saved]")).to_have_text("Saving…")
    await expect(other.locator("[data-saved]")).to_have_text(re.compile(r"Saved \d\d:\d\d"))
    await page.get_by_label("Title").fill("Watercolours on a plane")
    await expect(page.get_by_text("This draft was changed in another tab")).to_be_visible()
    await expect(page.locator("[data-said]").get_by_text("Watercolours on a boat")).to_be_visible()
    await page.get_by_role("button", name="Keep what I wrote here").click()
    await expect(page.get_by_label("Title")).to_have_value("Watercolours on a plane")
    await go_on(page, "Who is it for?")

    await page.get_by_label("Objectives").fill("Paint a window")
    await go_on(page, "When is it?")
    await page.get_by_label("Start", exact=True).fill("2027-03-28T02:30")
    await expect(page.get_by_text("There is no such time that night")).to_be_visible()
    await page.get_by_label("Start", exact=True).fill("2027-10-31T02:30")
    await expect(page.get_by_role("radio", name="The second")).to_be_visible()
    await page.get_by_label("Start", exact=True).fill("2027-04-01T18:00")
    await page.get_by_label("How often").select_option("1")
    await page.get_by_label("How many dates").fill("3")
    await expect(page.get_by_text("Thu 15 Apr 2027")).to_be_visible()
    await page.get_by_role("checkbox", name="Leave out 2027-04-08 18:00").check()
    await expect(page.locator("li.is-out")).to_have_count(1)
    await expect(page.get_by_role("checkbox", name="Leave out 2027-04-08 18:00")).to_be_focused()
    await go_on(page, "How many, and for how much?")
    await go_on(page, "Ready to publish?")
    await expect(page.get_by_role("button", name="Publish all 2 dates")).to_be_visible()

    await page.goto(START)
    await page.get_by_role("link", name="Throw away").first.click()
    await page.get_by_role("button", name="Throw it away").first.click()
    await expect(page.get_by_text("The draft is gone.")).to_be_visible()
    assert (await context.request.get(draft)).status == 404
    await context.close()
