"""What breaks between two people and what does not: sockets, networks, ICE, pages."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import aioice.ice
import pytest
from playwright.async_api import async_playwright

from tests.e2e.browser import Browser
from tests.e2e.caller import Caller
from tests.e2e.footage import LOOKS
from tests.e2e.platform import Town
from tests.e2e.test_lesson_in_browsers import participant_id
from tests.e2e.test_plain_clients import BLUE, GREEN, RED, lesson_of_two, ready_recording
from tests.media.client import colour_of, near
from tests.media.relay import Relay

BACK_WITHIN_S = 3.0
HOOKS = """
window.connections = [];
window.sockets = [];
const Connection = RTCPeerConnection, Socket = WebSocket;
window.RTCPeerConnection = class extends Connection {
  constructor(...given) { super(...given); connections.push(this); }
  setRemoteDescription({type, sdp}) {
    const relayed = sdp.replace(/(a=candidate:\\S+ 1 udp \\d+ \\S+ )\\d+/g, "$1PORT");
    return super.setRemoteDescription({type, sdp: relayed});
  }
};
window.WebSocket = class extends Socket {
  constructor(...given) { super(...given); sockets.push(this); }
};
"""
FRAMES = """(id) => document.querySelector(`[data-participant="${id}"][data-source=camera] video`)
  ?.getVideoPlaybackQuality().totalVideoFrames ?? 0"""
UFRAGS = "() => connections.map((each) => each.remoteDescription?.sdp.match(/a=ice-ufrag:(\\S+)/)[1])"
RESTART_ICE = "() => { connections.at(-1).restartIce(); sockets.at(-1).close(); }"

Count = Callable[[], Awaitable[int]]

pytestmark = [pytest.mark.media, pytest.mark.alone]


@pytest.fixture
async def relay(town: Town) -> AsyncIterator[Relay]:
    info = await town.dev("info.json")
    relay = await Relay.open(info["media_udp_ports"][0])
    yield relay
    relay.close()


async def packets_of(caller: Caller) -> int:
    """What sound the plain client has received; of video aiortc counts the retransmissions alone once
    there are any."""
    assert caller.client is not None
    stats = (await caller.client.pc.getStats()).values()
    received = (each for each in stats if each.type == "inbound-rtp" and each.kind == "audio")
    return sum(each.packetsReceived for each in received)


async def seconds_until_more(count: Count, by: int = 5) -> float:
    """How long it takes until `by` more have come."""
    began, wanted = time.monotonic(), await count() + by
    async with asyncio.timeout(15):
        while True:
            if await count() >= wanted:
                return time.monotonic() - began
            await asyncio.sleep(0.02)


async def longest_pause(count: Count, seconds: float) -> float:
    """The longest time within `seconds` in which nothing came."""
    longest, last, changed = 0.0, await count(), time.monotonic()
    ends = changed + seconds
    while (now := time.monotonic()) < ends:
        seen = await count()
        if seen != last:
            last, changed = seen, now
        longest = max(longest, now - changed)
        await asyncio.sleep(0.02)
    return longest


async def test_dropped_socket_leaves_the_media_and_the_seat_alone(town: Town) -> None:
    mentor, learner, session_id = await lesson_of_two(town)
    other = await town.register("learner")
    await other.call("POST", f"/sessions/{session_id}/bookings", expect=201)
    ann = await Caller.enter(mentor, session_id, RED, 440)
    bob = await Caller.enter(learner, session_id, GREEN, 1000)
    await asyncio.gather(*(each.client.tracks("video", 1) for each in (ann, bob)))
    await seconds_until_more(lambda: packets_of(ann))
    seat = bob.id
    bob.drop()
    pauses = await asyncio.gather(
        longest_pause(lambda: packets_of(bob), 1.5), longest_pause(lambda: packets_of(ann), 1.5)
    )
    assert max(pauses) < 0.5
    await bob.come_back(learner, session_id)
    assert bob.id == seat
    cat = await Caller.enter(other, session_id, BLUE, 1800)
    assert near(await colour_of((await bob.client.tracks("video", 2))[1]), BLUE)
    assert len(bob.client.received["video"]) == 2
    while not ann.inbox.empty():
        assert ann.inbox.get_nowait()["type"] != "participant-left"
    for each in (ann, bob, cat):
        await each.leave()


async def test_plain_client_whose_address_changes_is_back_at_once(
    town: Town, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """aiortc checks its path each 5 s, and so might need that long; here it does each second."""
    monkeypatch.setattr(aioice.ice, "CONSENT_INTERVAL", 1)
    mentor, learner, session_id = await lesson_of_two(town)
    ann = await Caller.enter(mentor, session_id, RED, 440)
    bob = await Caller.enter(learner, session_id, GREEN, 1000, relay=relay)
    await asyncio.gather(*(each.client.tracks("video", 1) for each in (ann, bob)))
    for each in (ann, bob):
        await seconds_until_more(lambda caller=each: packets_of(caller))
    for _ in range(2):
        await relay.move()
        for each in (ann, bob):
            assert await seconds_until_more(lambda caller=each: packets_of(caller)) < BACK_WITHIN_S
    assert near(await colour_of(ann.client.received["video"][0]), GREEN)
    assert near(await colour_of(bob.client.received["video"][0]), RED)
    await ann.leave()
    await bob.leave()


@pytest.mark.browser
async def test_page_through_a_new_network_an_ice_restart_and_a_reload_on_one_time_line(
    town: Town, relay: Relay, tmp_path: Path
) -> None:
    mentor, learner, session_id = await lesson_of_two(town)
    ann = await Caller.enter(mentor, session_id, RED, 440)
    await mentor.call("POST", f"/sessions/{session_id}/start")
    async with async_playwright() as playwright:
        bob = await Browser.open(playwright, learner, LOOKS[1], tmp_path / "bob")
        await bob.context.add_init_script(HOOKS.replace("PORT", str(relay.port)))
        await bob.enter(session_id)
        await bob.page.locator("[data-action=consent-yes]").click()
        seat = await participant_id(bob)

        async def seen() -> int:
            frames: int = await bob.page.evaluate(FRAMES, ann.id)
            return frames

        async def sent() -> int:
            return await packets_of(ann)

        await asyncio.gather(seconds_until_more(seen, 20), seconds_until_more(sent, 20))

        await relay.move()
        back = await asyncio.gather(seconds_until_more(seen), seconds_until_more(sent))
        assert max(back) < BACK_WITHIN_S

        before = await bob.page.evaluate(UFRAGS)
        await bob.page.evaluate(RESTART_ICE)
        pauses = await asyncio.gather(longest_pause(seen, 3), longest_pause(sent, 3))
        assert max(pauses) < 1.0
        after = await bob.page.evaluate(UFRAGS)
        assert len(before) == len(after) == 1
        assert before != after

        await bob.enter(session_id)
        await bob.page.wait_for_function(
            f"(id) => ({FRAMES})(id) > 0", arg=ann.id, timeout=1000 * BACK_WITHIN_S
        )
        assert await participant_id(bob) == seat
        await seconds_until_more(sent, 40)
        assert bob.complaints == []
        await bob.close()
    await mentor.call("POST", f"/sessions/{session_id}/end")
    await ann.leave()
    recording = await ready_recording(mentor, session_id)
    cameras = [track for track in recording["tracks"] if track["source"] == "camera"]
    assert {track["participant"] for track in cameras} == {seat}
    first, second = sorted(cameras, key=lambda track: track["start_ms"])
    pause_ms = second["start_ms"] - first["start_ms"] - first["duration_ms"]
    assert 0 <= pause_ms < 15_000
    assert second["duration_ms"] > 500
