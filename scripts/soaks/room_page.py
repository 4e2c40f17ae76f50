"""One page of the room stays open in a real Chromium while others come, wave, and go, round after round.

Two aiortc clients with picture and sound join, raise hands, react and type, and leave; then the page's
garbage is collected and counted: JavaScript heap, DOM nodes and event listeners (Chromium's own figures,
CDP Performance.getMetrics). What a round leaves behind is the growth from the first third of the rounds
to the last. `--minutes N` (30) is how long, `--json FILE` keeps the figures. Fails when a round leaves
behind more than 2 nodes, half a listener or 20 kB on average."""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp
import aioice.ice

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from playwright.async_api import CDPSession, async_playwright  # noqa: E402

from tests.e2e.browser import Browser  # noqa: E402
from tests.e2e.caller import Caller  # noqa: E402
from tests.e2e.footage import LOOKS  # noqa: E402
from tests.e2e.platform import Person, Platform, Town  # noqa: E402

PEERS = 2
STAYS_S = 6.0
COUNTED = {"heap": "JSHeapUsedSize", "nodes": "Nodes", "listeners": "JSEventListeners"}
MOST = {"heap": 20_000, "nodes": 2.0, "listeners": 0.5}  # a round may leave behind, on average
QUIET = """() => document.querySelectorAll(".tiles .tile").length === 1
  && !document.querySelector(".reaction, .toast")"""
PATIENCE_MS = 60_000


async def counted(page: CDPSession) -> dict[str, float]:
    """After collecting garbage twice: finalisers of the first time free what the second finds."""
    for _ in range(2):
        await page.send("HeapProfiler.collectGarbage")
    found = {one["name"]: one["value"] for one in (await page.send("Performance.getMetrics"))["metrics"]}
    return {name: found[metric] for name, metric in COUNTED.items()}


async def visit(person: Person, session_id: str) -> None:
    """One peer: comes, shows itself, waves, goes."""
    caller = await Caller.enter(person, session_id, (200, 30, 30), 440)
    assert caller.client is not None
    for message in (
        {"type": "media", "camera": True, "microphone": True, "screen": False},
        {"type": "hand", "raised": True},
        {"type": "reaction", "emoji": "clap"},
        {"type": "typing"},
    ):
        await caller.say(message)
    await asyncio.sleep(STAYS_S)
    await caller.leave()


async def rounds(browser: Browser, guests: list[Person], session_id: str, seconds: float) -> list[Any]:
    page = await browser.page.context.new_cdp_session(browser.page)
    await page.send("Performance.enable")
    samples = []
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        await asyncio.gather(*(visit(guest, session_id) for guest in guests))
        await browser.page.wait_for_function(QUIET, timeout=PATIENCE_MS)
        samples.append({"s": round(time.monotonic() - began), **await counted(page)})
        print(json.dumps(samples[-1]), flush=True)
    return samples


async def run(minutes: float, folder: Path) -> dict[str, Any]:
    platform = Platform(folder / "house")
    await platform.start()
    try:
        async with aiohttp.ClientSession() as http, async_playwright() as playwright:
            town = Town(platform, http)
            mentor = await town.mentor()
            session_id = await town.lesson(mentor)
            guests = [await town.register("learner") for _ in range(PEERS)]
            for guest in guests:
                await guest.call("POST", f"/sessions/{session_id}/bookings", expect=201)
            browser = await Browser.open(playwright, mentor, LOOKS[0], folder / "mentor")
            await browser.enter(session_id)
            samples = await rounds(browser, guests, session_id, minutes * 60)
            await browser.close()
            return {"samples": samples, "growth": growth(samples), "complaints": browser.complaints}
    finally:
        await platform.stop()


def growth(samples: list[dict[str, float]]) -> dict[str, float]:
    """Left behind by a round, by the medians of the first and the last third of the rounds."""
    third = max(1, len(samples) // 3)
    between = max(1, len(samples) - third)
    return {
        name: (
            statistics.median(one[name] for one in samples[-third:])
            - statistics.median(one[name] for one in samples[:third])
        )
        / between
        for name in COUNTED
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]
    with tempfile.TemporaryDirectory() as folder:
        result = asyncio.run(run(arguments.minutes, Path(folder)))
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1))
    print(f"{len(result['samples'])} rounds, a round leaves behind: {result['growth']}")
    if result["complaints"]:
        print("the page complained:", result["complaints"])
    if result["complaints"] or any(result["growth"][name] > most for name, most in MOST.items()):
        sys.exit(1)


if __name__ == "__main__":
    main()
