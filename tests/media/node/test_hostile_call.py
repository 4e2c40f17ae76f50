"""A short siege of a call; `scripts/soak hostile` has the long one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from config.settings import load_media_settings
from media.node import MediaNode
from media.rtp.header import FIXED
from scripts.benchmarks.load.description import VP8
from scripts.benchmarks.load.footage import shoot
from scripts.benchmarks.load.node import SECRET, NodeCalls
from tests.media.hostile_call import HOST, HostileCall, Window

KEYFRAME = shoot().keyframe[0]
DATAGRAMS, PACKETS = 20_000, 2_000
PER_SECOND = 8_000

pytestmark = pytest.mark.media


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[MediaNode]:
    settings = load_media_settings({"PEERLEARN_DATA_DIR": str(tmp_path), "PEERLEARN_MEDIA_BIND": HOST})
    node = MediaNode(replace(settings, advertised_ips=(HOST,), control_secret=SECRET))
    await node.start()
    yield node
    await node.stop()


async def metrics_of(node: MediaNode) -> dict[str, float]:
    async with aiohttp.ClientSession() as http, http.get(node.control_url + "/metrics") as answer:
        lines = (line for line in (await answer.text()).splitlines() if not line.startswith("#"))
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


@pytest.fixture
async def call(node: MediaNode) -> AsyncIterator[HostileCall]:
    calls = await NodeCalls(HOST).open(node.control_url)
    call = HostileCall(calls, seed=1)
    await call.begin()
    yield call
    call.close()
    await calls.close()


async def test_packets_under_somebody_elses_ssrc_are_not_passed_on_as_theirs(call: HostileCall) -> None:
    for peer in (call.ann, call.bob):
        peer.stop()
    await call.peace(0.2)
    for number in range(50):
        for ssrc in (call.ann.local.video_ssrc, call.bob.local.video_ssrc):
            call.mal.send_rtp(FIXED.pack(0x80, VP8, number, 3000 * number, ssrc), KEYFRAME)
    assert await call.peace(0.3) == Window(0, 0)


async def test_call_goes_on_under_hostile_datagrams_and_packets(
    node: MediaNode, call: HostileCall
) -> None:
    calm = await call.peace(0.5)
    stormy = await call.siege(DATAGRAMS, PACKETS, PER_SECOND)
    assert stormy.loss - calm.loss < 0.01
    assert stormy.came > calm.came
    assert call.answers_to_strangers() == 0
    found = await metrics_of(node)
    assert found["peerlearn_media_peers"] == 3
    assert found['peerlearn_media_dropped_total{reason="unknown_address"}'] > DATAGRAMS / 3
    assert (await call.peace(0.5)).loss < 0.01
