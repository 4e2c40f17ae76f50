"""How long after the button is pressed Chromium has decoded the first picture of who is there already."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import aiohttp
from playwright.async_api import Page, async_playwright

from scripts.benchmarks.processes import percentile
from tests.e2e.browser import Browser
from tests.e2e.footage import LOOKS
from tests.e2e.platform import Platform, Town

FIRST_PICTURE = """(id) => {
  const video = document.querySelector(`[data-participant="${id}"][data-source=camera] video`);
  return (video?.getVideoPlaybackQuality().totalVideoFrames ?? 0) > 0;
}"""
OWN_ID = "() => document.querySelector('.tile[data-source=camera]')?.dataset.participant"
PREVIEW = "() => document.querySelector('[data-preview-picture]')?.videoWidth > 0"
LOOK_EVERY_MS = 10


async def join_times(folder: Path, joins: int) -> dict[str, Any]:
    """A mentor with a camera stays; a learner with one comes in again and again."""
    platform = Platform(folder / "data")
    await platform.start()
    try:
        async with aiohttp.ClientSession() as http, async_playwright() as playwright:
            town = Town(platform, http)
            mentor, learner = await town.mentor(), await town.register("learner")
            session = await town.lesson(mentor)
            await learner.call("POST", f"/sessions/{session}/bookings", expect=201)
            staying = await Browser.open(playwright, mentor, LOOKS[0], folder / "mentor")
            await staying.enter(session)
            shown = str(await (await staying.page.wait_for_function(OWN_ID)).json_value())
            coming = await Browser.open(playwright, learner, LOOKS[1], folder / "learner")
            times = [await _join(coming.page, session, shown) for _ in range(joins)]
            await coming.close()
            await staying.close()
    finally:
        await platform.stop()
    return {
        "joins": joins,
        "p50_ms": round(percentile(times, 50)),
        "p95_ms": round(percentile(times, 95)),
        "times_ms": [round(one) for one in times],
    }


async def _join(page: Page, session: str, shown: str) -> float:
    """Milliseconds from the press of the button."""
    await page.goto(f"/sessions/{session}/room")
    await page.wait_for_function(PREVIEW)
    began = time.perf_counter()
    await page.locator("[data-join]").click()
    await page.wait_for_function(FIRST_PICTURE, arg=shown, polling=LOOK_EVERY_MS)
    return (time.perf_counter() - began) * 1000
