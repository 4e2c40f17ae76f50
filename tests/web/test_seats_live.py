"""The seats of a session, live on its page, also for a guest."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.e2e.platform import Platform

pytestmark = [pytest.mark.browser, pytest.mark.alone, pytest.mark.asyncio(loop_scope="module")]

LOGIN = {"identifier": "amara@peerlearn.example", "password": "learning-is-fun"}
SOON_MS = 3000


async def test_a_seat_that_somebody_takes_is_gone_on_a_guests_page(
    chromium: Browser, house: Platform
) -> None:
    fan = await chromium.new_context(base_url=house.base)
    token = (await (await fan.request.post("/api/v1/auth/login", data=LOGIN)).json())["data"]["token"]
    await fan.clear_cookies()
    headers = {"Authorization": f"Bearer {token}"}
    found = await (await fan.request.get("/api/v1/sessions?has_seats=1&q=CSS+grid")).json()
    [session] = found["data"]["items"]
    capacity, left = session["capacity"], session["capacity"] - session["seats_taken"]
    guest = await chromium.new_context(base_url=house.base, reduced_motion="reduce")
    page = await guest.new_page()
    async with page.expect_websocket() as opened:
        await page.goto(f"/sessions/{session['id']}")
    await (await opened.value).wait_for_event("framereceived")
    seats = page.locator("[data-seats]")
    await expect(seats).to_have_text(f"{left} of {capacity} seats left")

    path = f"/api/v1/sessions/{session['id']}/bookings"
    booked = await (await fan.request.post(path, headers=headers, data={})).json()
    await expect(seats).to_have_text(f"{left - 1} of {capacity} seats left", timeout=SOON_MS)
    assert await seats.locator(".taken").count() == session["seats_taken"] + 1
    assert await seats.get_attribute("aria-live") == "polite"
    await expect(page.locator("[data-seats-news]")).to_be_hidden()

    cancel = f"/api/v1/bookings/{booked['data']['booking']['id']}/cancel"
    assert (await fan.request.post(cancel, headers=headers, data={})).ok
    await expect(seats).to_have_text(f"{left} of {capacity} seats left", timeout=SOON_MS)
    await guest.close()
    await fan.close()
