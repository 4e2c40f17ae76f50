"""From nothing to the door of the room, on pages alone: what somebody does after the first start.

Pages people read work without JavaScript, so it is off here but for the room itself."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from tests.chromium import CHROMIUM, FLAGS
from tests.e2e.platform import PASSWORD, Platform, Town

pytestmark = pytest.mark.browser


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


async def computer(chromium: Browser, platform: Platform, *, scripts: bool = False) -> Page:
    context: BrowserContext = await chromium.new_context(
        base_url=platform.base, java_script_enabled=scripts, timezone_id="Europe/Berlin"
    )
    return await context.new_page()


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()


async def register(town: Town, page: Page, role: str, name: str) -> None:
    """Register on the page, then follow the mail's link as its text has it."""
    await page.goto(f"/auth/register?role={role}")
    await press(page, "Go on")
    await page.get_by_label("Your name").fill(name)
    await page.get_by_label("Username").fill(name.split()[0].lower())
    await page.get_by_label("E-mail address").fill(f"{name.split()[0].lower()}@example.org")
    await page.get_by_label("Password").first.fill(PASSWORD)
    await press(page, "Go on")
    await page.get_by_label("Find a skill").fill("Python")
    await press(page, "Go on")
    await page.get_by_label("I agree").check()
    await press(page, "Create account")
    await expect(page.get_by_text(f"{name.split()[0].lower()}@example.org")).to_be_visible()
    await town.mailed_token(f"{name.split()[0].lower()}@example.org")
    await page.goto("/dev/mail")
    mail = page.locator(".mail", has_text=f"{name.split()[0].lower()}@example.org").first
    await mail.get_by_role("link", name=re.compile("verify")).click()
    await press(page, "Confirm my address")
    await expect(page.get_by_role("heading", name="Your address is confirmed")).to_be_visible()


async def log_in(page: Page, identifier: str, password: str = PASSWORD) -> None:
    await page.goto("/auth/login")
    await page.get_by_label("E-mail address or username").fill(identifier)
    await page.get_by_label("Password").first.fill(password)
    await press(page, "Log in")
    await expect(page).to_have_url(re.compile("/dashboard/"))


async def create_session(page: Page, title: str) -> None:
    start = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=10)
    start -= timedelta(minutes=start.minute % 5)
    await page.goto("/dashboard/mentor/create")
    await page.get_by_label("Title").fill(title)
    await page.get_by_label("Description").fill("We read one together, line by line.")
    await page.locator("input[name=skills][value=python]").check()
    await press(page, "Go on")
    await page.get_by_label("Objectives").fill("Read a traceback from the bottom up")
    await press(page, "Go on")
    await page.get_by_label("Start", exact=True).fill(start.strftime("%Y-%m-%dT%H:%M"))
    await page.get_by_label("Time zone of the start").select_option("UTC")
    await press(page, "Go on")
    await page.get_by_label("Seats").fill("2")
    await press(page, "Go on")
    await expect(page.get_by_role("heading", name="Everything is there")).to_be_visible()
    await press(page, "Publish")
    await expect(page.get_by_role("heading", name=title)).to_be_visible()


async def test_two_people_and_the_owner_get_to_a_lesson(
    town: Town, platform: Platform, chromium: Browser
) -> None:
    owner = next(one for one in (await town.dev("info.json"))["demo"] if one["role"] == "admin")
    desk, mentor = await computer(chromium, platform), await computer(chromium, platform)
    learner = await computer(chromium, platform, scripts=True)

    await register(town, mentor, "mentor", "Wanda Novak")
    await log_in(desk, owner["email"], owner["password"])
    await desk.goto("/dashboard/admin/reviews")
    application = desk.locator(".applications li", has_text="Wanda Novak")
    await application.get_by_role("button", name="Approve").click()
    await expect(desk.locator(".applications li", has_text="Wanda Novak")).to_have_count(0)

    await log_in(mentor, "wanda")
    await create_session(mentor, "Tracebacks without tears")

    await register(town, learner, "learner", "Pavel Dvořák")
    await log_in(learner, "pavel@example.org")
    await learner.goto("/sessions/?q=tracebacks")
    await learner.get_by_role("link", name="Tracebacks without tears").click()
    await press(learner, "Book my seat")
    await expect(learner.get_by_text("You have a seat.")).to_be_visible()
    await learner.goto("/dashboard/learner/bookings")
    await learner.get_by_role("link", name="Tracebacks without tears").first.click()
    await learner.get_by_role("link", name="Enter the room").click()
    await expect(learner.get_by_role("heading", name="Tracebacks without tears")).to_be_visible()
    await expect(learner.get_by_role("button", name="Join the lesson")).to_be_visible()
