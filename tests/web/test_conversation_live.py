"""Two people write to each other, one at a desk and one on a phone: what each sees, as it happens."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.e2e.platform import Platform

pytestmark = [pytest.mark.browser, pytest.mark.alone, pytest.mark.asyncio(loop_scope="module")]

PASSWORD = "learning-is-fun"
AT_ONCE_MS = 1000


@dataclass(frozen=True, slots=True)
class Pair:
    """Lea at her desk and Amara on his phone, each with the other's conversation open."""

    lea: Page
    amara: Page


@pytest_asyncio.fixture(loop_scope="module")
async def pair(chromium: Browser, house: Platform) -> AsyncIterator[Pair]:
    desk = await chromium.new_context(base_url=house.base, viewport={"width": 1280, "height": 860})
    phone = await chromium.new_context(
        base_url=house.base, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    yield Pair(await opened(desk, "lea", "amara"), await opened(phone, "amara", "lea"))
    await desk.close()
    await phone.close()


async def opened(context: BrowserContext, who: str, other: str) -> Page:
    login = {"identifier": f"{who}@peerlearn.example", "password": PASSWORD}
    assert (await context.request.post("/api/v1/auth/login", data=login)).ok
    page = await context.new_page()
    async with page.expect_websocket() as listening:
        await page.goto(f"/communication/messages/{other}")
    await (await listening.value).wait_for_event("framereceived")
    return page


async def test_message_typing_and_reading_are_seen_at_once(pair: Pair) -> None:
    lea, amara = pair.lea, pair.amara
    await lea.get_by_label("Message to").fill("Have you an hour on Friday?")
    await lea.get_by_role("button", name="Send").click()
    got = amara.locator(".message-text", has_text="Have you an hour")
    await expect(got).to_be_visible(timeout=AT_ONCE_MS)
    await expect(lea.locator(".mine .message-text", has_text="Have you an hour")).to_have_count(1)
    await expect(lea.locator("[data-chat-read]")).to_contain_text("Read", timeout=AT_ONCE_MS)

    await amara.get_by_label("Message to").press_sequentially("At f")
    await expect(lea.locator("[data-chat-state]")).to_contain_text("is writing", timeout=AT_ONCE_MS)
    await amara.get_by_label("Message to").fill("At five: https://example.org/a")
    await amara.get_by_role("button", name="Send").click()
    link = lea.get_by_role("link", name="https://example.org/a", exact=True)
    await expect(link).to_have_attribute("rel", "nofollow ugc noopener noreferrer", timeout=AT_ONCE_MS)
    await expect(lea.locator("[data-chat-state]")).to_be_empty()
    await expect(lea.locator(".chat-row[aria-current]")).to_contain_text("At five")


async def test_what_was_written_while_the_connection_was_away_comes_once(pair: Pair) -> None:
    lea, amara = pair.lea, pair.amara
    await amara.context.set_offline(True)
    await lea.get_by_label("Message to").fill("one")
    await lea.keyboard.press("Enter")
    await expect(lea.locator(".mine .message-text").last).to_have_text("one")
    await amara.context.set_offline(False)
    await lea.get_by_label("Message to").fill("two")
    await lea.keyboard.press("Enter")
    await expect(amara.locator(".message-text").last).to_have_text("two")
    numbers = await amara.locator("[data-seq]").evaluate_all("all => all.map((one) => +one.dataset.seq)")
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


async def test_file_goes_along_and_contact_data_is_asked_about(pair: Pair) -> None:
    lea, amara = pair.lea, pair.amara
    await lea.locator("[data-chat-files]").set_input_files(
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"closures"}
    )
    await expect(lea.locator("[name=file_ids]")).to_have_count(1)
    await lea.get_by_label("Message to").fill("Call me: +49 151 23456789")
    await lea.get_by_role("button", name="Send").click()
    await expect(lea.get_by_role("alert")).to_contain_text("phone number")
    await lea.get_by_label("Send it all the same").check()
    await lea.get_by_role("button", name="Send").click()
    await expect(amara.locator(".chat-file-name")).to_have_text("notes.txt", timeout=AT_ONCE_MS)
    await expect(lea.get_by_label("Message to")).to_be_empty()
