"""The count of what is unread, live and the same in all tabs of one person."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.e2e.platform import Platform

pytestmark = [pytest.mark.browser, pytest.mark.alone, pytest.mark.asyncio(loop_scope="module")]

PASSWORD = "learning-is-fun"
AT_ONCE_MS = 1000


async def listening(context: BrowserContext, path: str) -> Page:
    """A tab whose socket is open."""
    page = await context.new_page()
    async with page.expect_websocket() as opened:
        await page.goto(path)
    await (await opened.value).wait_for_event("framereceived")
    return page


async def test_count_and_toast_are_live_in_two_tabs(chromium: Browser, house: Platform) -> None:
    context = await chromium.new_context(base_url=house.base, reduced_motion="reduce")
    login = {"identifier": "mira@peerlearn.example", "password": PASSWORD}
    assert (await context.request.post("/api/v1/auth/login", data=login)).ok
    one = await listening(context, "/communication/notifications")
    await one.get_by_role("button", name="Mark all as read").click()
    one_count, other = one.locator("[data-unread]"), await listening(context, "/sessions/")
    other_count = other.locator("[data-unread]")
    await expect(one_count).to_be_hidden()
    await expect(other_count).to_be_hidden()

    fan = await chromium.new_context(base_url=house.base)
    login = {"identifier": "amara@peerlearn.example", "password": PASSWORD}
    token = (await (await fan.request.post("/api/v1/auth/login", data=login)).json())["data"]["token"]
    await fan.clear_cookies()
    headers = {"Authorization": f"Bearer {token}"}
    assert (await fan.request.post("/api/v1/users/mira/follow", headers=headers)).ok
    for tab, count in ((one, one_count), (other, other_count)):
        await expect(count).to_have_text("1 unread", timeout=AT_ONCE_MS)
        await expect(tab.locator("[data-toasts]").get_by_text("follows you")).to_be_visible()

    await one.reload()
    await one.get_by_role("link", name="follows you").click()
    await expect(other_count).to_be_hidden(timeout=AT_ONCE_MS)
    await fan.close()
    await context.close()
