"""The technical check in a real Chromium, against a real media node: all well, no devices, no way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.chromium import ALLOW_DEVICES, CHROMIUM, FLAGS
from tests.e2e.platform import Person, Platform, Town

NO_DEVICES = [flag for flag in FLAGS if "fake-device" not in flag]
UNREACHABLE = "203.0.113.7"  # TEST-NET-3 (RFC 5737): nobody is there
UP_TO_MS = 120_000  # a check takes about 40 s on an idle machine


class Checking:
    """One learner's browser at the check of one lesson, and what its console said."""

    def __init__(self, page: Page, town: Town, mentor: Person, session_id: str) -> None:
        self.page = page
        self.town = town
        self.mentor = mentor
        self.session_id = session_id
        self.complaints: list[str] = []
        page.on("console", lambda said: said.type == "error" and self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    async def run(self, heard: str = "Yes, I heard it") -> str:
        """The verdict's heading, in the end."""
        await self.page.goto(f"/sessions/{self.session_id}/check")
        await self.page.get_by_role("button", name="Start the check").click()
        await self.page.get_by_role("button", name=heard).click()
        await expect(self.page.locator("[data-verdict][data-verdict]:has(h2:focus)")).to_be_visible(
            timeout=UP_TO_MS
        )
        return await self.page.locator("[data-verdict-title]").inner_text()

    async def step(self, name: str) -> str:
        return await self.page.locator(f'[data-step="{name}"]').inner_text()

    async def figures(self) -> dict[str, str]:
        rows = self.page.locator("[data-figures] div")
        names = await rows.locator("dt").all_inner_texts()
        return dict(zip(names, await rows.locator("dd").all_inner_texts(), strict=True))

    async def mentor_sees(self) -> str:
        """What stands in the mentor's list of people."""
        headers = {"Authorization": f"Bearer {self.mentor.token}"}
        url = f"{self.town.platform.base}/sessions/{self.session_id}/bookings"
        async with self.town.http.get(url, headers=headers) as answer:
            return await answer.text()


async def _checking(playwright: Any, town: Town, folder: Path, args: list[str]) -> Checking:
    mentor, learner = await town.mentor(), await town.register("learner")
    session_id = await town.lesson(mentor)
    await learner.call("POST", f"/sessions/{session_id}/bookings")
    context = await playwright.chromium.launch_persistent_context(
        str(folder), executable_path=CHROMIUM, args=args, base_url=town.platform.base
    )
    answer = await context.request.post(
        "/api/v1/auth/login", data={"identifier": learner.email, "password": learner.password}
    )
    assert answer.ok
    return Checking(context.pages[0], town, mentor, session_id)


@pytest.mark.alone
async def test_where_all_works_one_is_ready_and_the_mentor_sees_it(town: Town, tmp_path: Path) -> None:
    async with async_playwright() as playwright:
        check = await _checking(playwright, town, tmp_path, [*FLAGS, ALLOW_DEVICES])
        assert await check.run() == "You are ready", await check.page.locator("main").inner_text()
        figures = await check.figures()
        assert figures["Way"] == "Direct, UDP"
        assert set(figures) >= {"Connected in", "Delay, there and back", "Jitter", "Up, at least"}
        assert "Check: ready" in await check.mentor_sees()
        await check.page.reload()
        await expect(check.page.locator("[data-verdict]")).to_contain_text("Ready")
        assert check.complaints == []


async def test_without_devices_one_can_take_part_and_is_told_what_to_do(
    town: Town, tmp_path: Path
) -> None:
    async with async_playwright() as playwright:
        check = await _checking(playwright, town, tmp_path, NO_DEVICES)
        assert await check.run(heard="No") == "You can take part"
        assert "Plug it in" in await check.step("camera")
        assert "No microphone found" in await check.step("microphone")
        assert (await check.figures())["Way"] == "Direct, UDP"
        seen = await check.mentor_sees()
        assert "no camera found" in seen
        assert "test tone not heard" in seen


async def test_where_nothing_gets_through_it_is_said_and_why(tmp_path: Path) -> None:
    """The node says an address at which nobody answers, and there is no relay."""
    platform = Platform(tmp_path / "far", PEERLEARN_MEDIA_ADVERTISED_IPS=UNREACHABLE)
    await platform.start()
    try:
        async with async_playwright() as playwright, aiohttp.ClientSession() as http:
            args = [*FLAGS, ALLOW_DEVICES]
            check = await _checking(playwright, Town(platform, http), tmp_path / "profile", args)
            assert await check.run() == "It does not work from here yet"
            told = await check.step("connection")
            assert "this network lets no UDP through" in told
            assert "no relay" in told
            assert "hotspot" in told
            assert "there is no relay" in await check.mentor_sees()
    finally:
        await platform.stop()
