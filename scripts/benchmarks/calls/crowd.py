"""Sixteen people in one lesson on the whole platform: a mentor in Chromium, fifteen learners who cost
only what their packets cost, all with camera (three layers) and microphone, each receiving all others."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import sys
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import aiohttp
from playwright.async_api import Page, async_playwright

from scripts.benchmarks.processes import (
    children_of,
    cpu_of,
    cpu_seconds,
    favour,
    percentile,
    waited_seconds,
)
from tests.e2e.browser import Browser
from tests.e2e.footage import LOOKS
from tests.e2e.platform import Platform, Town

LOOK_EVERY_S = 0.25
SETTLE_S = 10.0  # after the last picture came: layers and estimates find their level
PICTURES_WITHIN_S = 90.0
SEATED_WITHIN_S = 120.0
STILL_S = 1.0  # a picture without a new frame for so long is frozen

LOOK = """() => {
  const tiles = [...document.querySelectorAll("[data-participant][data-source=camera]")];
  return {
    at: performance.now() / 1000,
    lag: window.benchLag ?? 0,
    frames: Object.fromEntries(tiles.map((tile) => {
      const video = tile.querySelector("video");
      return [tile.dataset.participant, video?.getVideoPlaybackQuality().totalVideoFrames ?? 0];
    })),
  };
}"""
# How late a timer of the page comes, at worst since it was asked: what a click would wait.
WATCH_LAG = """() => {
  let due = performance.now() + 50;
  setInterval(() => {
    window.benchLag = Math.max(window.benchLag ?? 0, performance.now() - due);
    due = performance.now() + 50;
  }, 50);
}"""
TAKE_LAG = "() => { const lag = window.benchLag ?? 0; window.benchLag = 0; return lag; }"


async def crowd(folder: Path, people: int, seconds: float) -> dict[str, Any]:
    platform = Platform(folder / "data")
    await platform.start()
    try:
        async with aiohttp.ClientSession() as http, async_playwright() as playwright:
            town = Town(platform, http)
            mentor = await town.mentor()
            session = await town.lesson(mentor, capacity=max(4, people), recording="off")
            async with _guests(town, session, people - 1) as guests:
                page = await Browser.open(playwright, mentor, LOOKS[0], folder / "mentor")
                favour([os.getpid(), platform.pid, *_browser_of(folder)])
                await page.enter(session)
                found = await _watch(page.page, platform, guests, folder, people - 1, seconds)
                found["complaints"] = len(page.complaints)
                await page.close()
    finally:
        await platform.stop()
    return {"people": people, "seconds": seconds, **found}


@contextlib.asynccontextmanager
async def _guests(town: Town, session: str, count: int) -> AsyncIterator[int]:
    """In a process of their own, whose id is given: what they are busy with must not hold up the page's
    driver."""
    address = f"{town.platform.base}/ws/session/{session}/"
    seats = []
    for _ in range(count):
        learner = await town.register("learner")
        await learner.call("POST", f"/sessions/{session}/bookings", expect=201)
        seats.append((address, learner.token))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "scripts.benchmarks.calls.guest"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(seats).encode() + b"\n")
        async with asyncio.timeout(SEATED_WITHIN_S):
            if not await process.stdout.readline():
                raise RuntimeError("the guests did not come in")
        yield process.pid
    finally:
        process.stdin.close()
        await process.wait()


async def _watch(
    page: Page, platform: Platform, guests: int, folder: Path, others: int, seconds: float
) -> dict[str, Any]:
    await page.evaluate(WATCH_LAG)
    began = time.monotonic()
    while sum(map(bool, (await page.evaluate(LOOK))["frames"].values())) < others:
        if time.monotonic() - began > PICTURES_WITHIN_S:
            raise RuntimeError(f"not all pictures came: {await page.evaluate(LOOK)}")
        await asyncio.sleep(LOOK_EVERY_S)
    pictures_s = time.monotonic() - began
    await asyncio.sleep(SETTLE_S)
    node = _node_of(platform.pid)
    before, waited = _spent(platform.pid, node, guests, folder), waited_seconds([node])
    seen, lags, started = [], [], time.monotonic()
    while time.monotonic() - started < seconds:
        lags.append(float(await page.evaluate(TAKE_LAG)))
        seen.append(await page.evaluate(LOOK))
        await asyncio.sleep(LOOK_EVERY_S)
    elapsed = time.monotonic() - started
    after, waited = _spent(platform.pid, node, guests, folder), waited_seconds([node]) - waited
    shares = {name: round((after[name] - before[name]) / elapsed, 2) for name in after}
    return {
        "pictures_s": round(pictures_s, 1),
        "cores": shares,
        "node_waited": round(waited / elapsed, 2),
        **frozen(seen),
        "page_lag_p95_ms": round(percentile(lags, 95)),
        "page_lag_worst_ms": round(max(lags)),
    }


def frozen(seen: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Figures of pictures over samples of their frames: how many frames a second in the middle one and
    the worst, how many stood still for a second and more, for how long in each minute of a picture."""
    first, last = seen[0], seen[-1]
    span = last["at"] - first["at"]
    rates, still, freezes = [], 0.0, 0
    for name in first["frames"]:
        rates.append((last["frames"].get(name, 0) - first["frames"][name]) / span)
        since, count = first["at"], first["frames"][name]
        for sample in seen[1:]:
            if sample["frames"].get(name, 0) != count or sample is last:
                if sample["at"] - since >= STILL_S:
                    still, freezes = still + sample["at"] - since, freezes + 1
                since, count = sample["at"], sample["frames"].get(name, 0)
    minutes = len(rates) * span / 60
    return {
        "pictures": len(rates),
        "frames_per_s": round(percentile(rates, 50), 1),
        "frames_per_s_worst": round(min(rates), 1),
        "freezes": freezes,
        "frozen_s_per_minute": round(still / minutes, 2) if minutes else 0.0,
    }


def _node_of(server: int) -> int:
    """The media node that the server started."""
    for pid in children_of(server):
        if re.search(rb"-m\0media\0?", Path(f"/proc/{pid}/cmdline").read_bytes()):
            return pid
    raise RuntimeError("the server has no media node")


def _spent(server: int, node: int, guests: int, folder: Path) -> dict[str, float]:
    """Processor seconds so far; the page is all of its browser's processes."""
    return {
        "node": cpu_seconds(node),
        "server": cpu_seconds(server),
        "page": cpu_of(_browser_of(folder)),
        "guests": cpu_seconds(guests),
    }


def _browser_of(folder: Path) -> list[int]:
    """Chromium's processes: the one that has the profile, and all below it."""
    profile = str(folder / "mentor" / "profile").encode()
    found: list[int] = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if profile in entry.read_bytes():
                found.append(int(entry.parent.name))
    for pid in found:  # grows: zygotes' children carry no profile
        found += [child for child in children_of(pid) if child not in found]
    return found
