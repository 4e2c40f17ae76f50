"""What each receiver gets of one camera, in real browsers: by the size it is shown, or nothing at all;
and what a lost socket and another network leave as it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Playwright, async_playwright, expect

from tests.e2e.browser import Browser
from tests.e2e.footage import LOOKS
from tests.e2e.platform import Town
from tests.e2e.test_lesson_in_browsers import make_lesson, participant_id

SHARP = (960, 540)  # the smallest picture that Chromium sends in three layers
WIDTHS = {"q": 240, "h": 480, "f": 960}
WITHIN_MS = 40_000  # on a busy machine the estimate of the way out climbs slowly
KEEP = """
window.connections = [];
window.sockets = [];
const wait = setTimeout; // so long a page is away before it wants no pictures
window.setTimeout = (step, ms, ...more) => wait(step, ms === 3000 ? 100 : ms, ...more);
const Connection = RTCPeerConnection, Socket = WebSocket;
window.RTCPeerConnection = class extends Connection {
  constructor(...given) { super(...given); connections.push(this); }
};
window.WebSocket = class extends Socket {
  constructor(...given) { super(...given); sockets.push(this); }
};
"""
VIDEO = '(id) => document.querySelector(`[data-participant="${id}"][data-source=camera] video`)'
SENT = """async () => {
  const report = await connections.at(-1).getStats();
  const sent = [...report.values()].filter((one) => one.type === "outbound-rtp" && one.rid);
  return Object.fromEntries(sent.map(({ rid, framesEncoded }) => [rid, framesEncoded ?? 0]));
}"""
RECEIVED = """async (id) => {
  const video = document.querySelector(`[data-participant="${id}"][data-source=camera] video`);
  const [track] = video.srcObject.getTracks();
  const receiver = connections.at(-1).getReceivers().find((one) => one.track === track);
  const stats = [...(await receiver.getStats()).values()];
  return stats.find((one) => one.type === "inbound-rtp").bytesReceived;
}"""
UFRAG = """() => connections[0].currentRemoteDescription.sdp.match(/a=ice-ufrag:(\\S+)/)[1]"""
HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""

pytestmark = [pytest.mark.browser, pytest.mark.alone]


@pytest_asyncio.fixture
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as playwright:
        yield playwright


async def width(browser: Browser, id: str) -> int:
    """Of that person's picture, as decoded."""
    return int(await browser.page.evaluate(f"(id) => ({VIDEO})(id)?.videoWidth ?? 0", id))


async def sends(browser: Browser) -> list[int]:
    """The widths of the layers that flow now: an estimate on a busy machine may leave out the best."""
    grown = await growth(browser, SENT)
    return [WIDTHS[rid] for rid in WIDTHS if grown.get(rid, 0) > 0]


async def gets_the_best(browser: Browser, sender: Browser, id: str) -> None:
    """Wait until the picture is decoded in the best layer there is, and that there is a choice."""
    async with asyncio.timeout(WITHIN_MS / 1000):
        while True:
            sent = await sends(sender)
            if len(sent) > 1 and await width(browser, id) == max(sent):
                return


async def gets(browser: Browser, id: str, wanted: int) -> None:
    await browser.page.wait_for_function(
        f"([id, width]) => ({VIDEO})(id)?.videoWidth === width", arg=[id, wanted], timeout=WITHIN_MS
    )


async def frames(browser: Browser, id: str) -> int:
    counted = f"(id) => ({VIDEO})(id).getVideoPlaybackQuality().totalVideoFrames"
    return int(await browser.page.evaluate(counted, id))


async def goes_on(browser: Browser, id: str) -> None:
    before = await frames(browser, id)
    await browser.page.wait_for_function(
        f"([id, before]) => ({VIDEO})(id).getVideoPlaybackQuality().totalVideoFrames > before + 5",
        arg=[id, before],
        timeout=WITHIN_MS,
    )


async def growth(browser: Browser, script: str, *arguments: Any) -> Any:
    """What changed within a second."""
    before = await browser.page.evaluate(script, *arguments)
    await asyncio.sleep(1)
    after = await browser.page.evaluate(script, *arguments)
    if isinstance(after, dict):
        return {key: after[key] - before.get(key, 0) for key in after}
    return after - before


async def show_large(browser: Browser, id: str) -> None:
    await browser.page.locator(f'.tile[data-participant="{id}"] .tile-pin').click(force=True)


async def comes_only_while_looked_at(browser: Browser, id: str) -> None:
    await goes_on(browser, id)
    await browser.page.evaluate(HIDE, True)
    await asyncio.sleep(1)
    assert await growth(browser, RECEIVED, id) == 0
    await browser.page.evaluate(HIDE, False)
    await goes_on(browser, id)


async def goes_on_without_the_socket(browser: Browser, id: str) -> None:
    await browser.page.evaluate("sockets.at(-1).close(4000)")
    await goes_on(browser, id)
    await browser.page.wait_for_function("() => sockets.length === 2 && sockets[1].readyState === 1")
    await goes_on(browser, id)
    assert await browser.page.evaluate("connections.length") == 1


async def goes_on_over_another_network(browser: Browser, id: str) -> None:
    before = await browser.page.evaluate(UFRAG)
    await browser.page.evaluate("dispatchEvent(new Event('online'))")
    await browser.page.wait_for_function(f"(before) => ({UFRAG})() !== before", arg=before)
    await goes_on(browser, id)
    assert await browser.page.evaluate("connections.map((one) => one.connectionState)") == ["connected"]


async def test_everybody_gets_what_fits_and_sees_who_speaks(
    town: Town, playwright: Playwright, tmp_path: Path
) -> None:
    mentor, learners, session_id = await make_lesson(town, 2)
    ann = await Browser.open(playwright, mentor, LOOKS[0], tmp_path / "ann", size=SHARP)
    bob, cat = [
        await Browser.open(playwright, person, look, tmp_path / look.name, loudness=0)
        for person, look in zip(learners, LOOKS[1:], strict=True)
    ]
    ids = {}
    for browser in (ann, bob, cat):
        await browser.context.add_init_script(KEEP)
        await browser.enter(session_id)
        ids[browser] = await participant_id(browser)

    for browser in (bob, cat):
        rings = browser.page.locator(".tile.speaking")
        await expect(rings).to_have_attribute("data-participant", ids[ann], timeout=WITHIN_MS)

    await comes_only_while_looked_at(cat, ids[ann])
    await goes_on(bob, ids[ann])
    await goes_on_without_the_socket(bob, ids[ann])
    await goes_on_over_another_network(bob, ids[ann])
    await goes_on(ann, ids[bob])

    for browser in (bob, cat):
        await show_large(browser, ids[ann])
        await gets_the_best(browser, ann, ids[ann])
    await show_large(cat, ids[bob])
    await gets(cat, ids[ann], WIDTHS["q"])
    await gets_the_best(bob, ann, ids[ann])
    assert await width(cat, ids[ann]) == WIDTHS["q"]
    assert set(await ann.page.evaluate(SENT)) == set(WIDTHS)

    for browser in (ann, bob, cat):
        assert browser.complaints == []
        await browser.close()
