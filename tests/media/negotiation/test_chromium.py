"""Real Chromium takes our offers and answers, round after round."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, Page, async_playwright

from media.negotiation.events import Answer, Deliver, Event, Offer, Publish, RemoteParameters, Undeliver
from media.protocol.messages import TrackLabel
from tests.chromium import ALLOW_DEVICES, CHROMIUM, FLAGS
from tests.media.negotiation.peers import Server, directions, every, only, outgoing

SCRIPT = Path(__file__).with_name("page.js")

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def _blank(_: web.Request) -> web.Response:
    return web.Response(text="<title>call</title>", content_type="text/html")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, ALLOW_DEVICES])
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A secure context (127.0.0.1) with the client's script on it."""
    application = web.Application()
    application.router.add_get("/", _blank)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    page = await browser.new_page()
    await page.goto(f"http://127.0.0.1:{runner.addresses[0][1]}/")
    await page.add_script_tag(path=SCRIPT)
    await page.evaluate("connect()")
    yield page
    await page.close()
    await runner.cleanup()


class Call:
    """The page and our session, with messages carried by hand."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.server = Server()
        self.server.join()

    async def client_offers(self, tracks: dict[str, TrackLabel] | None = None) -> list[Event]:
        events = self.server.take_offer(await self.page.evaluate("offer()"), tracks, "connection")
        await self.page.evaluate("sdp => take('answer', sdp)", only(events, Answer).sdp)
        return events

    async def server_offers(self) -> tuple[Offer, list[Event]]:
        offer = self.server.offer()
        await self.page.evaluate("sdp => take('offer', sdp)", offer.sdp)
        return offer, self.server.take_answer(await self.page.evaluate("answer()"))

    async def state(self) -> dict[str, str]:
        """Each transceiver's direction; the signalling is stable."""
        state = await self.page.evaluate("state()")
        assert state["signaling"] == "stable"
        found: dict[str, str] = state["directions"]
        return found

    async def seen(self) -> list[tuple[str, str, str]]:
        """What `ontrack` told since the last look: mid, stream and track."""
        events: list[dict[str, Any]] = await self.page.evaluate("events.splice(0)")
        return [(event["mid"], event["stream"], event["track"]) for event in events]


async def test_offers_and_answers_go_round_with_sections_freed_and_used_again(page: Page) -> None:
    call = Call(page)
    server = call.server
    alice = (outgoing("alice", "microphone"), outgoing("alice", "camera"))
    bob = outgoing("bob", "camera")

    await page.evaluate(
        "media().then(all => all.map(each => pc.addTransceiver(each, {direction: 'sendonly'})))"
    )
    events = await call.client_offers()
    assert {p.mid: p.source for p in every(events, Publish)} == {"0": "microphone", "1": "camera"}
    assert await call.state() == {"0": "sendonly", "1": "sendonly"}

    server.want(*alice, bob)
    _, events = await call.server_offers()
    assert {d.mid: d.key for d in every(events, Deliver)} == {
        "s0": alice[0].key,
        "s1": alice[1].key,
        "s2": bob.key,
    }
    assert await call.state() == {
        "0": "sendonly",
        "1": "sendonly",
        "s0": "recvonly",
        "s1": "recvonly",
        "s2": "recvonly",
    }
    assert await call.seen() == [
        ("s0", "alice", "microphone"),
        ("s1", "alice", "camera"),
        ("s2", "bob", "camera"),
    ]
    first = {d.mid: d.ssrc for d in every(events, Deliver)}

    server.want(bob)
    await call.server_offers()
    state = await call.state()
    assert (state["s0"], state["s1"], state["s2"]) == ("inactive", "inactive", "recvonly")

    carol = (outgoing("carol", "camera"), outgoing("carol", "screen"))
    server.want(bob, *carol)
    offer, events = await call.server_offers()
    assert {d.mid: d.key for d in every(events, Deliver)} == {"s1": carol[0].key, "s3": carol[1].key}
    assert only([e for e in every(events, Deliver) if e.mid == "s1"], Deliver).ssrc != first["s1"]
    assert offer.tracks["s1"] == TrackLabel(source="camera", participant="carol")
    seen = await call.seen()
    assert [(mid, stream) for mid, stream, _ in seen] == [("s1", "carol"), ("s3", "carol")]
    assert len(await call.state()) == 6


async def test_screen_share_is_a_second_video_beside_our_sections(page: Page) -> None:
    call = Call(page)
    call.server.want(outgoing("alice", "camera"))
    await page.evaluate(
        "media().then(all => all.map(each => pc.addTransceiver(each, {direction: 'sendonly'})))"
    )
    await call.client_offers()
    await call.server_offers()
    await page.evaluate(
        "media().then(all => window.screen_ = pc.addTransceiver(all[1], {direction: 'sendonly'}))"
        ".then(() => null)"
    )
    events = await call.client_offers()
    publish = only(events, Publish)
    assert publish.source == "screen"
    assert directions(only(events, Answer).sdp)[2:] == [
        ("s0", "video", "sendonly"),
        (publish.mid, "video", "recvonly"),
    ]
    assert not every(events, Undeliver) + every(events, RemoteParameters)
    assert (await call.state())[publish.mid] == "sendonly"

    await page.evaluate("screen_.direction = 'inactive'")
    await call.client_offers()
    assert (await call.state())[publish.mid] == "inactive"
    await page.evaluate("screen_.stop()")
    answer = only(await call.client_offers(), Answer).sdp
    assert directions(answer)[3] == (publish.mid, "video", "rejected")
    call.server.want(outgoing("alice", "camera"), outgoing("bob", "camera"))
    _, events = await call.server_offers()
    assert only(events, Deliver).key == ("bob", "camera")


async def test_page_that_only_answers_sends_in_our_first_offer(page: Page) -> None:
    call = Call(page)
    call.server.want(outgoing("alice", "camera"))
    await page.evaluate("media().then(all => all.map(each => pc.addTrack(each, new MediaStream())))")
    _, events = await call.server_offers()
    assert {p.mid: p.source for p in every(events, Publish)} == {"s0": "microphone", "s1": "camera"}
    assert only(events, Deliver).mid == "s1"
    assert await call.state() == {"s0": "sendrecv", "s1": "sendrecv"}
    call.server.want()
    _, events = await call.server_offers()
    assert not every(events, Publish)
    assert await call.state() == {"s0": "sendonly", "s1": "sendonly"}


async def test_page_that_collides_rolls_back_and_offers_again(page: Page) -> None:
    call = Call(page)
    await page.evaluate("media().then(all => { pc.addTransceiver(all[0], {direction: 'sendonly'}) })")
    await call.client_offers()
    call.server.want(outgoing("alice", "camera"))
    offer = call.server.offer()
    await page.evaluate("media().then(all => { pc.addTransceiver(all[1], {direction: 'sendonly'}) })")
    refused = call.server.take_offer(await page.evaluate("offer()"), None, "connection")
    assert [getattr(event, "code", None) for event in refused] == ["glare"]
    await page.evaluate("sdp => take('offer', sdp)", offer.sdp)
    assert only(call.server.take_answer(await page.evaluate("answer()")), Deliver).mid == "s0"
    events = await call.client_offers()
    assert only(events, Publish).source == "camera"
    assert (await call.state())["s0"] == "recvonly"


async def test_page_restarts_ice_and_makes_a_new_connection(page: Page) -> None:
    call = Call(page)
    await page.evaluate("media().then(all => { pc.addTransceiver(all[0], {direction: 'sendonly'}) })")
    await call.client_offers()
    await page.evaluate("pc.restartIce()")
    events = await call.client_offers()
    assert only(events, RemoteParameters) and len(call.server.restarts) == 1
    await page.evaluate("pc.close()")
    await page.evaluate("connect()")
    await page.evaluate("media().then(all => { pc.addTransceiver(all[1], {direction: 'sendonly'}) })")
    await call.client_offers()
    assert len(call.server.transports) == 1
    assert await call.state() == {"0": "sendonly"}


async def test_simulcast_is_answered_and_a_data_channel_beside_it_is_not(page: Page) -> None:
    call = Call(page)
    await page.evaluate(
        "media().then(all => { pc.createDataChannel('x'); pc.addTransceiver(all[1],"
        " {direction: 'sendonly', sendEncodings: [{rid: 'q', scaleResolutionDownBy: 4}, {rid: 'h'}]}) })"
    )
    call.server.want(outgoing("alice", "microphone"))
    events = await call.client_offers()
    publish = only(events, Publish)
    assert (publish.source, publish.rids) == ("camera", ("q", "h"))
    offer, events = await call.server_offers()
    assert "a=simulcast:recv q;h\r\n" in offer.sdp
    assert only(events, Deliver).key == ("alice", "microphone")
    assert not every(events, Publish)
    assert await page.evaluate("pc.getSenders()[0].getParameters().encodings.map(each => each.rid)") == [
        "q",
        "h",
    ]
    assert set((await call.state()).values()) == {"sendonly", "recvonly"}
