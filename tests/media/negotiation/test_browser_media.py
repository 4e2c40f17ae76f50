"""What Chromium and Firefox send once they have our answer: layers by name, numbers, repairs."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import async_playwright

from media.forward.arrivals import Arrivals
from media.negotiation.events import Answer, Deliver, LocalTransport, Offer, Publish, RemoteParameters
from media.negotiation.session import NegotiationSession
from media.node import own_addresses
from media.rtp.extensions import REPAIRED_RID, RID, TRANSPORT_WIDE_CC, read_extension
from media.rtp.header import parse_header
from media.rtp.rtcp import build_nack
from media.rtp.twcc import NO_NUMBER, transport_number
from media.transport.connection import Connection
from media.transport.dtls import generate_certificate
from media.transport.udp import UdpEndpoint
from tests.chromium import ALLOW_DEVICES, CHROMIUM, FLAGS
from tests.firefox import Firefox
from tests.media.negotiation.peers import every, only, outgoing

SCRIPT = Path(__file__).with_name("page.js").read_text()
PUBLISH = """async () => {
  connect();
  // Of a smaller picture browsers send two layers only; a busy machine shrinks what is much work.
  const camera = { width: 1280, height: 720, frameRate: 10 };
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: camera });
  const [audio, video] = stream.getTracks();
  pc.addTransceiver(audio, { direction: "sendonly" });
  const layers = [["q", 4], ["h", 2], ["f", 1]];
  const sendEncodings = layers.map(([rid, by]) => ({ rid, scaleResolutionDownBy: by }));
  pc.addTransceiver(video, { direction: "sendonly", sendEncodings });
  return await offer();
}"""
ANSWERED = "(sdp) => take('answer', sdp)"
OFFERED = "(sdp) => take('offer', sdp)"
ANSWER = "() => answer()"
WITHIN_S = 40
# What upper layers need from the start: a busy machine that reads late spoils the browsers' own probes.
KBPS = 2500
FIREFOX_BITRATE = {
    "media.peerconnection.video.min_bitrate_estimate": KBPS * 1000,
    "media.peerconnection.video.lock_scaling": True,  # a busy machine is not what is tried here
}


def with_chromium_bitrate(answer: str) -> str:
    line = "a=rtpmap:96 VP8/90000\r\n"
    return answer.replace(line, f"{line}a=fmtp:96 x-google-min-bitrate={KBPS}\r\n")


Evaluate = Callable[..., Awaitable[Any]]

pytestmark = [pytest.mark.browser, pytest.mark.alone]


class Listener:
    """The node's end of one connection: `layers` are SSRCs by rid, `repaired` the rids of which a
    retransmission came, `numbered` counts packets with a transport-wide number by kind."""

    def __init__(self, endpoint: UdpEndpoint) -> None:
        self.connection = Connection(endpoint, generate_certificate(), self, time.monotonic)
        candidates = tuple((address, endpoint.port) for address in own_addresses())
        fingerprints = tuple(self.connection.fingerprints)
        local = LocalTransport(self.connection.ufrag, self.connection.pwd, fingerprints, candidates)
        self.session = NegotiationSession(
            local, Random(1), transport_factory=lambda: local, restart_ice=lambda: local
        )
        self.layers: dict[str, int] = {}
        self.repaired: set[str] = set()
        self.numbered: Counter[str] = Counter()
        self.sections: dict[int, Publish] = {}
        self._arrivals = Arrivals(1)

    def take_offer(self, sdp: str) -> str:
        self.session.joined(0.0)
        events = self.session.receive_offer(sdp, None, None, 0.0)
        for publish in every(events, Publish):
            self.sections[publish.payload_type] = publish
            if publish.rtx_payload_type is not None:
                self.sections[publish.rtx_payload_type] = publish
        self.connection.set_remote(only(events, RemoteParameters).transport)
        return only(events, Answer).sdp

    def on_rtp(self, packet: bytes, now: float) -> None:
        header = parse_header(packet)
        section = self.sections[header.payload_type]
        number = transport_number(packet, header, section.extensions[TRANSPORT_WIDE_CC])
        if number != NO_NUMBER:
            self.numbered[section.kind] += 1
            self._arrivals.receive(number, header.ssrc, now)
        if section.kind == "audio":
            return
        is_repair = header.payload_type == section.rtx_payload_type
        name = read_extension(packet, header, section.extensions[REPAIRED_RID if is_repair else RID])
        if name is None:
            return
        if is_repair:
            self.repaired.add(name.decode())
        else:
            self.layers[name.decode()] = header.ssrc
            self.connection.send_rtcp(build_nack(1, header.ssrc, [header.sequence_number]))

    def offer(self) -> str:
        """Ours, for a track of somebody else."""
        self.session.want([outgoing("alice", "camera")], 1.0)
        return only(self.session.timeout(2.0), Offer).sdp

    async def hear_all(self) -> None:
        """Wait until all three layers and a repair of each have come, from now on."""
        self.layers.clear()
        self.repaired.clear()
        async with asyncio.timeout(WITHIN_S):
            while len(self.layers) < 3 or len(self.repaired) < 3:
                await asyncio.sleep(0.02)
                self.report()
        assert self.layers.keys() == self.repaired == {"q", "h", "f"}

    def report(self) -> None:
        """Tell the browser what came, so that it sends its upper layers too."""
        for feedback in self._arrivals.poll(time.monotonic()):
            self.connection.send_rtcp(feedback)

    def on_rtcp(self, packet: bytes, now: float) -> None:
        pass

    def on_connected(self) -> None:
        pass

    def on_closed(self, reason: str) -> None:
        raise AssertionError(reason)


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    endpoint = await UdpEndpoint.open("0.0.0.0", 0, lambda reason: None)
    listener = Listener(endpoint)
    yield listener
    await listener.connection.close()
    endpoint.close()


@pytest.fixture
async def page() -> AsyncIterator[str]:
    """The address of a secure context (127.0.0.1) with the client's script on it."""
    application = web.Application()

    async def blank(_: web.Request) -> web.Response:
        return web.Response(text=f"<script>{SCRIPT}</script>", content_type="text/html")

    application.router.add_get("/", blank)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()


async def sends_everything(
    listener: Listener, evaluate: Evaluate, adapt: Callable[[str], str] = str
) -> None:
    """The browser publishes; three layers, repairs of each and numbers in both kinds arrive, and go on
    doing so after an offer of ours."""
    answer = listener.take_offer(await evaluate(PUBLISH))
    assert {section.rids for section in listener.sections.values()} == {(), ("q", "h", "f")}
    await evaluate(ANSWERED, adapt(answer))
    await listener.hear_all()
    assert len(set(listener.layers.values())) == 3
    assert listener.numbered["audio"] and listener.numbered["video"]
    await evaluate(OFFERED, adapt(listener.offer()))
    events = listener.session.receive_answer(await evaluate(ANSWER), 3.0)
    assert {type(event) for event in events} == {Deliver}
    await listener.hear_all()


async def test_chromium_sends_layers_numbers_and_repairs(listener: Listener, page: str) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, ALLOW_DEVICES])
        tab = await browser.new_page()
        await tab.goto(page)
        await sends_everything(listener, tab.evaluate, with_chromium_bitrate)
        await browser.close()


async def test_firefox_sends_layers_numbers_and_repairs(
    listener: Listener, page: str, tmp_path: Path
) -> None:
    browser = await Firefox.open(tmp_path, FIREFOX_BITRATE)
    await browser.goto(page)
    try:
        await sends_everything(listener, browser.evaluate)
    finally:
        await browser.close()
