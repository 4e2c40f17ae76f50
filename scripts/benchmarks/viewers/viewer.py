"""A real Chromium in a namespace, and what it saw from one quarter of a second to the next."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Page, Playwright

from scripts.benchmarks.viewers.town import Town
from tests.chromium import CHROMIUM, FLAGS

SCRIPT = Path(__file__).with_name("viewer.js").read_text()
LOOK_EVERY_S = 0.25


@dataclass
class Viewer:
    """`seen` are the samples, newest last; `at` of each is this process's clock."""

    name: str
    page: Page
    seen: list[dict[str, Any]] = field(default_factory=list)
    looked: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def answer(self, sdp: str) -> str:
        return str(await self.page.evaluate("(sdp) => take(sdp)", sdp))

    async def watch(self) -> None:
        """Take samples until cancelled."""
        while True:
            sample = await self.page.evaluate("look()")
            sample["at"] = time.monotonic()
            async with self.looked:
                self.seen.append(sample)
                self.looked.notify_all()
            await asyncio.sleep(LOOK_EVERY_S)

    async def until(self, height: int, within: float) -> None:
        """Wait for a picture of that height."""
        async with asyncio.timeout(within), self.looked:
            await self.looked.wait_for(lambda: self.seen and self.height(self.seen[-1]) == height)

    @staticmethod
    def height(sample: dict[str, Any]) -> int:
        return sample["video"]["height"] if sample["video"] else 0


@contextlib.asynccontextmanager
async def viewer(playwright: Playwright, town: Town, place: str, folder: Path) -> AsyncIterator[Viewer]:
    """A browser whose network is the namespace of `place`."""
    inside = folder / f"chromium-{place}"
    inside.write_text(f'#!/bin/sh\nexec ip netns exec {town.places[place]} {CHROMIUM} "$@"\n')
    inside.chmod(0o755)
    browser = await playwright.chromium.launch(executable_path=str(inside), args=FLAGS)
    try:
        page = await browser.new_page()
        await page.goto("about:blank")
        await page.evaluate(SCRIPT)
        one = Viewer(place, page)
        watching = asyncio.create_task(one.watch())
        yield one
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    finally:
        await browser.close()
