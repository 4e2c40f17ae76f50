"""Money from a learner's card to a mentor's bank and back, in Chromium, with the stand-in for Stripe that
the server started itself."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import (
    Browser,
    ConsoleMessage,
    FrameLocator,
    Locator,
    Page,
    async_playwright,
    expect,
)

from tests.chromium import CHROMIUM, FLAGS, PATIENCE_MS
from tests.e2e.platform import Person, Platform, Town

pytestmark = pytest.mark.browser

PRICE = 4500
ASKS, DECLINED, PAYS = "4000002760003184", "4000000000009995", "4242424242424242"


class Desks:
    """Browsers of people who are logged in. `complaints` are what their pages say in the console."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self.complaints: list[str] = []

    async def of(self, person: Person) -> Page:
        context = await self._browser.new_context(
            base_url=person.platform.base, timezone_id="Europe/Berlin"
        )
        login = {"identifier": person.email, "password": person.password}
        answer = await context.request.post("/api/v1/auth/login", data=login)
        assert answer.ok, await answer.text()
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("console", self._complain)
        return await context.new_page()

    def _complain(self, said: ConsoleMessage) -> None:
        """That a card is declined is an answer of the API, none of a page's faults."""
        if said.type == "error" and "status of 402" not in said.text:
            self.complaints.append(said.text)


@pytest.fixture
async def desks() -> AsyncIterator[Desks]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        found = Desks(browser)
        yield found
        await browser.close()
    assert found.complaints == []


async def lesson(town: Town, mentor: Person, *, days: int = 0) -> str:
    """A priced lesson, in some minutes or days."""
    if not days:
        return await town.lesson(mentor, price_minor=PRICE)
    starts_at = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=days)
    return await town.lesson(mentor, price_minor=PRICE, starts_at=starts_at.isoformat())


async def press(page: Page, name: str | re.Pattern[str]) -> None:
    await page.get_by_role("button", name=name).click()


async def hold(page: Page, session_id: str) -> None:
    """From the session's page to the card's fields."""
    await page.goto(f"/sessions/{session_id}/book")
    await press(page, re.compile("Hold my seat"))
    await expect(page.get_by_role("heading", name="Pay for your seat")).to_be_visible()


async def pay(page: Page, card: str) -> None:
    """With a card that is typed into the provider's frame."""
    fields = page.frame_locator("[data-fields] iframe")
    for label, text in (("Card number", card), ("Expiration date", "1231"), ("Security code", "123")):
        await fields.get_by_label(label).fill("")
        await fields.get_by_label(label).press_sequentially(text)
    await press(page, re.compile("^Pay"))


def question(page: Page) -> FrameLocator:
    """What the bank asks the card's holder."""
    return page.frame_locator("dialog iframe")


def days_later(platform: Platform, session_id: str, days: int) -> None:
    """As if the lesson had been so long ago; what waits for that is done now."""
    gone, at_once = timedelta(days=days), datetime.now(UTC).isoformat(" ")
    moments = ("starts_at", "ends_at", "started_at", "ended_at")
    file = sqlite3.connect(platform.data_dir / "peerlearn.sqlite3", timeout=30)
    with closing(file) as database, database:
        found = database.execute(
            f"SELECT {', '.join(moments)} FROM session WHERE id = ?", (session_id,)
        ).fetchone()
        for column, moment in zip(moments, found, strict=True):
            before = (datetime.fromisoformat(moment) - gone).isoformat(" ")
            database.execute(f"UPDATE session SET {column} = ? WHERE id = ?", (before, session_id))
        database.execute(
            "UPDATE outbox SET run_at = ? WHERE job = 'payments.release' AND done_at IS NULL", (at_once,)
        )


async def comes(page: Page, shown: Locator) -> None:
    """It is on the page, which is loaded as often as that takes."""
    async with asyncio.timeout(PATIENCE_MS / 1000):
        while not await shown.is_visible():
            await page.reload()


async def test_learner_pays_gets_a_receipt_and_gives_a_seat_back(town: Town, desks: Desks) -> None:
    mentor, learner = await town.mentor(), await town.register("learner")
    soon, later = await lesson(town, mentor), await lesson(town, mentor, days=14)
    page = await desks.of(learner)

    await hold(page, soon)
    await pay(page, ASKS)
    await question(page).get_by_role("button", name="Fail").click()
    await expect(page.locator("[data-error]")).to_contain_text("unable to authenticate")
    await pay(page, ASKS)
    await expect(question(page).get_by_text("€45.00")).to_be_visible()
    await question(page).get_by_role("button", name="Complete").click()
    await expect(page).to_have_url(re.compile(r"/bookings/[^/]+\?done=paid"))

    await hold(page, later)
    await pay(page, DECLINED)
    await expect(page.locator("[data-error]")).to_contain_text("insufficient funds")
    await pay(page, PAYS)
    await expect(page).to_have_url(re.compile(r"/bookings/[^/]+\?done=paid"))

    await expect(page.locator(".give-back")).to_contain_text("€45.00")
    await press(page, "Give my seat back for €45.00")
    await expect(page.get_by_text("Given back", exact=True)).to_be_visible()

    await page.goto("/payments")
    await expect(page.get_by_role("row")).to_have_count(4)  # with the head
    await page.get_by_role("row").last.get_by_role("link").first.click()
    receipt = page.get_by_role("link", name=re.compile("^Receipt"))
    answer = await page.request.get(str(await receipt.get_attribute("href")))
    assert (await answer.body()).startswith(b"%PDF")


async def test_mentor_is_paid_out_and_the_staff_give_money_back(
    town: Town, platform: Platform, desks: Desks
) -> None:
    mentor, owner = await town.demo("mentor"), await town.demo("admin")
    learner = await town.register("learner")
    session_id = await lesson(town, mentor)
    paying, earning = await desks.of(learner), await desks.of(mentor)
    await hold(paying, session_id)
    await pay(paying, PAYS)
    await expect(paying).to_have_url(re.compile(r"\?done=paid"))
    booking = re.sub(r"\?.*", "", paying.url)

    await earning.goto("/dashboard/mentor/earnings")
    await earning.get_by_role("link", name="Set up payouts").click()
    await press(earning, "Complete with test data")
    await expect(earning.get_by_role("heading", name="Earnings")).to_be_visible()

    for act in ("start", "end"):
        await mentor.call("POST", f"/sessions/{session_id}/{act}")
    days_later(platform, session_id, 4)
    await comes(earning, earning.get_by_role("heading", name="Ask for a payout"))
    await earning.get_by_label("Amount in EUR").fill("38.25")
    await press(earning, "Pay out")
    await comes(earning, earning.get_by_role("row").get_by_text("On its way to your bank"))

    bank = await earning.context.new_page()
    await bank.goto((await town.dev("info.json"))["stripe_api_base"])
    await press(bank, "It arrives")
    await comes(earning, earning.get_by_role("row").get_by_text("Arrived", exact=True))
    await expect(earning.get_by_role("row").get_by_text("€38.25")).to_be_visible()

    staff = await desks.of(owner)
    await staff.goto(f"{booking}/refund")
    await staff.get_by_label("Amount in EUR").fill("20")
    await staff.get_by_label("Why?").fill("It began late.")
    await press(staff, "Give it back")
    await expect(staff.get_by_text("The money is on its way back.")).to_be_visible()
    await earning.goto("/dashboard/mentor/earnings")
    share = earning.get_by_role("row", name="Reading a flame graph").get_by_text("€21.25")
    await comes(earning, share)  # of the 25 that are left
    await paying.goto("/payments?state=refunds")
    await expect(paying.get_by_role("row").last).to_contain_text("€20.00")
