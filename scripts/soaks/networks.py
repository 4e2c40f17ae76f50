"""How long a learner's page is without picture or sound when its network turns bad, changes, or drops it.

A mentor's Chromium teaches beside the platform; a learner's is in a network namespace of its own, on a
cable that gets slower step by step and quick again (tc), that has another address all at once, and whose
room socket is closed; and its page is loaded anew. Pages and sockets come over a socket file: only media
are on the cable. Needs root. `--times N` how often each break is made, `--json FILE` keeps the figures.
Fails when something takes longer than 3 s to be back, or the page does not say what it should."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
from playwright.async_api import Page, async_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from scripts.benchmarks.needs import need  # noqa: E402
from scripts.benchmarks.viewers.town import NODE_IP, TRIED, Town, command, town  # noqa: E402
from scripts.soaks.turn import browser, pages_at, sign_in  # noqa: E402
from tests.chromium import CHROMIUM  # noqa: E402
from tests.e2e.platform import Platform  # noqa: E402
from tests.e2e.platform import Town as People  # noqa: E402

BACK_WITHIN_S = 3.0
LOOK_S = 0.05
PATIENCE_S = 60.0
BEST_HEIGHT = 360  # of the camera, as it is shown
RUNG_S = 15.0  # how long each step of the ladder is watched once it is reached
SETTLE_S = 3.0
SOFTER_KBPS, SOUND_KBPS = 250, 75  # the picture of this camera takes 350, sound 50
SLOW, SOFTER = "slow", "softer"  # the banner's reasons

WATCH = """{
  const Socket = window.WebSocket;
  window.sockets = [];
  window.joins = 0;
  window.WebSocket = class extends Socket {
    constructor(...all) {
      super(...all);
      window.sockets.push(this);
      this.addEventListener("message", ({data}) => {
        if (JSON.parse(data).type === "joined") window.joins += 1;
      });
    }
  };
}"""
LOOK = """async () => {
  const pc = window.made?.at(-1);
  const all = pc ? [...(await pc.getStats()).values()] : [];
  const of = (kind) => all.filter((one) => one.type === "inbound-rtp" && one.kind === kind);
  const sum = (many, name) => many.reduce((total, one) => total + (one[name] ?? 0), 0);
  return {
    frames: sum(of("video"), "framesDecoded"),
    height: Math.max(0, ...of("video").map((one) => one.frameHeight ?? 0)),
    heard: sum(of("audio"), "packetsReceived"),
    joins: window.joins ?? 0,
    banner: document.querySelector("[data-banner]")?.dataset.reason ?? "",
  };
}"""
DROP = "() => window.sockets.at(-1).close()"

Seen = dict[str, Any]


class Learner:
    """The learner's page, and the cable it hangs on."""

    def __init__(self, page: Page, built: Town) -> None:
        self.page = page
        self.built = built
        self.addresses = 0

    async def look(self) -> Seen:
        """What is there now; nothing while the page is loaded."""
        try:
            return dict(await self.page.evaluate(LOOK))
        except Exception:  # between two pages there is nobody to ask
            return {"frames": 0, "height": 0, "heard": 0, "joins": 0, "banner": ""}

    async def until(self, ready: Callable[[Seen], bool]) -> float:
        """Seconds until it is so."""
        began = time.monotonic()
        async with asyncio.timeout(PATIENCE_S):
            while not ready(await self.look()):  # noqa: ASYNC110 statistics tell nobody
                await asyncio.sleep(LOOK_S)
        return time.monotonic() - began

    async def back(self, seen: Seen) -> float:
        """Seconds until picture and sound go on."""
        return await self.until(
            lambda now: now["frames"] > seen["frames"] + 2 and now["heard"] > seen["heard"] + 5
        )

    async def longest_silence(self, seconds: float) -> float:
        """In which no sound came, within so long."""
        longest, heard, since = 0.0, (await self.look())["heard"], time.monotonic()
        ends = since + seconds
        while (now := time.monotonic()) < ends:
            found = (await self.look())["heard"]
            longest = max(longest, now - since)
            if found != heard:
                heard, since = found, now
            await asyncio.sleep(LOOK_S)
        return round(longest, 2)

    # --- what breaks

    async def reload(self) -> float:
        await self.page.reload()
        return await self.until(lambda now: now["frames"] > 2 and now["heard"] > 5)

    async def drop_the_socket(self) -> float:
        joins = (await self.look())["joins"]
        await self.page.evaluate(DROP)
        return await self.until(lambda now: now["joins"] > joins)

    async def move(self) -> float:
        """Another address, and the old one is gone, as between two networks."""
        place, link = TRIED, f"{self.built.node}{TRIED[0]}"
        old = self.built.address(place)[:-1] + str(2 + self.addresses % 2)
        new = self.built.address(place)[:-1] + str(2 + (self.addresses + 1) % 2)
        self.addresses += 1
        ip = self.built.at(place, "ip")
        before = await self.look()
        command(*ip, "addr", "del", f"{old}/24", "dev", link)
        command(*ip, "addr", "add", f"{new}/24", "dev", link)
        gateway = old.rpartition(".")[0] + ".1"
        command(*ip, "route", "replace", "default", "via", gateway)
        before = {**before, **{name: (await self.look())[name] for name in ("frames", "heard")}}
        return await self.back(before)


async def ladder(learner: Learner) -> dict[str, Any]:
    """Down to sound alone, and up again."""
    await learner.until(lambda now: now["height"] >= BEST_HEIGHT)
    best = BEST_HEIGHT
    found: dict[str, Any] = {"best_height": best}
    learner.built.cap(TRIED, SOFTER_KBPS)
    found["softer_after_s"] = await learner.until(lambda now: 0 < now["height"] < best)
    found["softer_said_after_s"] = await learner.until(lambda now: now["banner"] == SOFTER)
    found["softer_silence_s"] = await learner.longest_silence(RUNG_S)
    found["softer_height"] = (await learner.look())["height"]
    learner.built.cap(TRIED, SOUND_KBPS)
    found["sound_said_after_s"] = await learner.until(lambda now: now["banner"] == SLOW)
    found["sound_silence_s"] = await learner.longest_silence(RUNG_S)
    learner.built.uncap(TRIED)
    found["picture_back_after_s"] = await learner.back(await learner.look())
    found["said_no_more_after_s"] = await learner.until(lambda now: now["banner"] == "")
    found["best_back_after_s"] = await learner.until(lambda now: now["height"] >= best)
    return {name: round(value, 1) for name, value in found.items()}


async def breaks(make: Callable[[], Awaitable[float]], times: int) -> dict[str, float]:
    took = []
    for _ in range(times):
        took.append(await make())
        await asyncio.sleep(SETTLE_S)
    return {"median_s": round(statistics.median(took), 2), "worst_s": round(max(took), 2)}


@contextlib.asynccontextmanager
async def lesson(folder: Path, built: Town) -> AsyncIterator[Learner]:
    platform = Platform(
        folder / "platform", PEERLEARN_MEDIA_BIND=NODE_IP, PEERLEARN_MEDIA_ADVERTISED_IPS=NODE_IP
    )
    program = folder / "chromium-away"
    program.write_text(f'#!/bin/sh\nexec {" ".join(built.at(TRIED))} {CHROMIUM} "$@"\n')
    program.chmod(0o755)
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(platform.stop)
        await platform.start()
        http = await stack.enter_async_context(aiohttp.ClientSession())
        playwright = await stack.enter_async_context(async_playwright())
        await stack.enter_async_context(pages_at(built.at(TRIED), platform.port, folder))
        people = People(platform, http)
        mentor, learner = await people.mentor(), await people.register("learner")
        session_id = await people.lesson(mentor, recording="off")
        await learner.call("POST", f"/sessions/{session_id}/bookings")
        pages = []
        for person, where in ((mentor, CHROMIUM), (learner, str(program))):
            context = await browser(playwright, platform.base, folder / person.username, where)
            stack.push_async_callback(context.close)
            await context.add_init_script(WATCH)
            pages.append(await sign_in(context, person))
            await pages[-1].goto(f"/sessions/{session_id}/room")
            await pages[-1].locator("[data-join]").click()
        yield Learner(pages[1], built)


async def inside(built: Town, times: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as made:
        async with lesson(Path(made), built) as learner:
            await learner.until(lambda now: now["frames"] > 100 and now["heard"] > 200)
            found = {"reload": await breaks(learner.reload, times)}
            found["socket dropped"] = await breaks(learner.drop_the_socket, times)
            found["another network"] = await breaks(learner.move, times)
            found["ladder"] = await ladder(learner)
            return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        built = Town(**json.loads(options.inside))
        print(json.dumps(asyncio.run(inside(built, options.times))))
    else:
        outside(options)


def outside(options: argparse.Namespace) -> None:
    for program, package in (("ip", "iproute2"), ("tc", "iproute2")):
        need(program, package)
    with town((TRIED,)) as built:
        names = json.dumps({"node": built.node, "places": built.places})
        words = [sys.executable, __file__, "--times", str(options.times), "--inside", names]
        done = subprocess.run(
            built.at_node(*words), stdout=subprocess.PIPE, text=True, check=True, env={**os.environ}
        )
    results = json.loads(done.stdout)
    if options.json:
        options.json.write_text(json.dumps(results, indent=2))
    print(json.dumps(results, indent=2))
    if any(each.get("worst_s", 0) > BACK_WITHIN_S for each in results.values()):
        sys.exit(f"something took longer than {BACK_WITHIN_S} s to be back")


if __name__ == "__main__":
    main()
