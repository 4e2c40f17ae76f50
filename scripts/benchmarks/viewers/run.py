"""Each case in turn, from inside the publisher's namespace: a room with one viewer on a bad network and
one on a good one. Reads a plan as JSON, writes what was seen."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Playwright, async_playwright

from scripts.benchmarks.viewers.calls import Calls
from scripts.benchmarks.viewers.judge import Seen, judge
from scripts.benchmarks.viewers.publisher import LayeredPublisher
from scripts.benchmarks.viewers.recorded import Layer, film, sound
from scripts.benchmarks.viewers.town import CLEAN, NODE_IP, PUBLISHER, TRIED, Town
from scripts.benchmarks.viewers.viewer import Viewer, viewer

TOP = 720
WARM_WITHIN_S = 45.0
AFTER_S = 20.0  # watched once the network is good again
CALM_S = 5.0  # at the top layer before the network turns bad


@dataclass(frozen=True)
class Case:
    """`loss` in percent, `cap` in kbit/s, `delay_ms` and `jitter_ms` of a relay for the whole case."""

    name: str
    seconds: float
    loss: int = 0
    cap: int = 0
    delay_ms: int = 0
    jitter_ms: int = 0


@dataclass(frozen=True)
class Plan:
    town: Town
    control_url: str
    cases: list[Case]


class Bench:
    def __init__(self, plan: Plan, playwright: Playwright, folder: Path) -> None:
        self._plan = plan
        self._playwright = playwright
        self._folder = folder
        self._layers: tuple[Layer, ...] = film()
        self._sound = sound()

    async def run(self) -> dict[str, Any]:
        calls = await Calls().open(self._plan.control_url)
        try:
            return {case.name: await self._case(case, calls) for case in self._plan.cases}
        finally:
            await calls.close()

    async def _case(self, case: Case, calls: Calls) -> dict[str, Any]:
        room, town = f"room-{case.name}", self._plan.town
        publisher = LayeredPublisher(town.address(PUBLISHER))
        async with contextlib.AsyncExitStack() as stack:
            port = await stack.enter_async_context(self._relay(case, calls)) if case.jitter_ms else None
            tried = await stack.enter_async_context(viewer(self._playwright, town, TRIED, self._folder))
            clean = await stack.enter_async_context(viewer(self._playwright, town, CLEAN, self._folder))
            await calls.publish(room, "publisher", publisher, [each.rid for each in self._layers])
            stack.push_async_callback(publisher.close)
            publisher.start(self._layers, self._sound)
            await calls.watch(room, tried, "publisher", port)
            await calls.watch(room, clean, "publisher", None)
            seen = await self._try(case, tried, clean)
            await calls.leave(room)
        heard = [each for each in calls.heard if each["room"] == room]
        return {**judge(seen), "keyframes_asked": publisher.keyframes, "said": _said(heard, seen.began)}

    async def _try(self, case: Case, tried: Viewer, clean: Viewer) -> Seen:
        for each in (tried, clean):
            await each.until(TOP, WARM_WITHIN_S)
        await asyncio.sleep(CALM_S)
        began = time.monotonic()
        with _trouble(self._plan.town, case):
            await asyncio.sleep(case.seconds)
        ended = time.monotonic()
        await asyncio.sleep(AFTER_S)
        return Seen(tried.seen, clean.seen, began, ended, TOP)

    @contextlib.asynccontextmanager
    async def _relay(self, case: Case, calls: Calls) -> AsyncIterator[int]:
        process = await asyncio.create_subprocess_exec(
            *self._plan.town.at_node(sys.executable, "-m", "scripts.benchmarks.viewers.relay"),
            *(NODE_IP, str(calls.udp_port), str(case.delay_ms), str(case.jitter_ms)),
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        try:
            yield int(await process.stdout.readline())
        finally:
            process.kill()
            await process.wait()


@contextlib.contextmanager
def _trouble(town: Town, case: Case) -> Any:
    if case.loss:
        town.lose(TRIED, case.loss)
    if case.cap:
        town.cap(TRIED, case.cap)
    yield
    if case.loss:
        town.lose_nothing(TRIED)
    if case.cap:
        town.uncap(TRIED)


def _said(heard: list[dict[str, Any]], began: float) -> list[str]:
    """What the node told the tried viewer of the publisher's picture, second by second."""
    return [
        f"{each['at'] - began:+.1f} s {each.get('layer')} {each.get('reason') or ''}".strip()
        for each in heard
        if each["participant"] == TRIED and each["about"] == "publisher"
    ]


async def main() -> None:
    given = json.loads(sys.stdin.read())
    plan = Plan(
        Town(**given["town"]),
        given["control_url"],
        [Case(**each) for each in given["cases"]],
    )
    with tempfile.TemporaryDirectory() as folder:
        async with async_playwright() as playwright:
            results = await Bench(plan, playwright, Path(folder)).run()
    print(json.dumps(results))


def as_json(plan: Plan) -> str:
    return json.dumps(asdict(plan))


if __name__ == "__main__":
    asyncio.run(main())
