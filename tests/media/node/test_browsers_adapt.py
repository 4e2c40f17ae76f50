"""Chromium adapts to our feedback, and we to Chromium's, through a whole node."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import Page, async_playwright

from tests.chromium import ALLOW_DEVICES, CHROMIUM, FLAGS
from tests.media.node.conftest import Server

SCRIPT = Path(__file__).parents[1].joinpath("negotiation", "page.js").read_text()
PUBLISH = """async () => {
  connect();
  const camera = { width: 640, height: 360, frameRate: 20 };
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: camera });
  const [audio, video] = stream.getTracks();
  pc.addTransceiver(audio, { direction: "sendonly" });
  const layers = [["q", 2, 150e3], ["h", 1, 500e3]];
  const sendEncodings = layers.map(([rid, by, most]) =>
    ({ rid, scaleResolutionDownBy: by, maxBitrate: most }));
  pc.addTransceiver(video, { direction: "sendonly", sendEncodings });
  return await offer();
}"""
ANSWER = "async (sdp) => { await take('offer', sdp); return await answer(); }"
WIDE = """async (wanted) => {
  const wide = ({ type, frameWidth }) => type === "inbound-rtp" && frameWidth === wanted;
  const pause = () => new Promise((done) => setTimeout(done, 100));
  while (![...(await pc.getStats()).values()].some(wide)) await pause();
}"""
WITHIN_S = 25

pytestmark = [pytest.mark.browser, pytest.mark.media, pytest.mark.alone]


class Tab:
    """One participant; takes the place of an aiortc client of the server's end."""

    def __init__(self, server: Server, name: str, page: Page) -> None:
        self.page = page
        self._server = server
        self._name = name

    async def take(self, message: dict[str, Any]) -> None:
        if message["type"] == "answer":
            await self.page.evaluate("(sdp) => take('answer', sdp)", message["answer"]["sdp"])
        else:
            sdp = await self.page.evaluate(ANSWER, message["offer"]["sdp"])
            await self._server.say("answer", self._name, answer={"type": "answer", "sdp": sdp})

    async def publish(self) -> None:
        sdp = await self.page.evaluate(PUBLISH)
        await self._server.say("offer", self._name, offer={"type": "offer", "sdp": sdp})

    async def close(self) -> None:
        await self.page.close()


async def _blank(_: web.Request) -> web.Response:
    return web.Response(text="<title>call</title>", content_type="text/html")


@pytest.fixture
async def tabs(server: Server) -> AsyncIterator[dict[str, Tab]]:
    """Ann's and Bob's pages in one Chromium, seated."""
    application = web.Application()
    application.router.add_get("/", _blank)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, ALLOW_DEVICES])
        tabs = {}
        for name in ("ann", "bob"):
            page = await browser.new_page()
            await page.goto(f"http://127.0.0.1:{runner.addresses[0][1]}/")
            await page.add_script_tag(content=SCRIPT)
            await page.evaluate("connect()")
            tabs[name] = Tab(server, name, page)
            server.clients[name] = tabs[name]  # type: ignore[assignment]
            await server.say("join", name)
        yield tabs
        await browser.close()
    await runner.cleanup()


async def width(tab: Tab, wanted: int) -> None:
    async with asyncio.timeout(WITHIN_S):
        await tab.page.evaluate(WIDE, wanted)


async def test_chromium_gives_feedback_and_gets_the_layer_it_has_room_for(
    server: Server, tabs: dict[str, Tab]
) -> None:
    await tabs["ann"].publish()
    await width(tabs["bob"], 640)
    registry = server.node._registry
    ann, bob = (
        next(peer for peer in registry.peers if peer.participant == name) for name in ("ann", "bob")
    )
    estimate = bob.sending.adaptation.estimate
    assert estimate.told
    assert estimate.bitrate > 500e3
    assert ann.receiving._arrivals.any
    said = await server.expect("quality", participant="bob", about="ann", layer="h")
    assert said["score"] > 2
    await server.say("subscribe", "bob", publisher="ann", source="camera", quality="auto", width=200)
    await width(tabs["bob"], 320)
    assert bob.sending.sinks_of("ann")["camera"].layer == 0
