"""Several servers on one node: whose word counts, and what becomes of seats that nobody speaks for."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from config.settings import load_media_settings
from media.fence import Fence
from media.node import MediaNode
from media.owners import CLAIM_S, Owners
from media.recording.events import SegmentOpened, TrackKey
from media.recording.files import SegmentFiles
from media.stress import LATE_FULL_S, Stress
from tests.media.node.conftest import Server


def test_highest_home_of_a_room_counts() -> None:
    fence = Fence()
    assert fence.admits("a", 1)
    assert fence.admits("a", 3)
    assert not fence.admits("a", 2)
    assert fence.admits("a", 3)
    assert fence.admits("b", 0)
    assert fence.home("a") == 3


def test_numbers_of_rooms_long_gone_are_forgotten() -> None:
    fence = Fence(kept=2)
    for room in ("a", "b", "a", "c"):
        fence.admits(room, 5)
    assert [fence.home(room) for room in "abc"] == [5, 0, 5]


def test_seats_of_a_lost_server_wait_for_another() -> None:
    owners: Owners[str] = Owners()
    owners.take(("room", "ann"), "first")
    owners.take(("room", "bob"), "first")
    owners.lose("first", now=10.0)
    owners.take(("room", "ann"), "second")
    assert owners.of(("room", "ann")) == "second"
    assert owners.unclaimed(10.0 + CLAIM_S - 1) == []
    assert owners.unclaimed(10.0 + CLAIM_S) == [("room", "bob")]


def test_a_server_lets_go_of_one_room_alone() -> None:
    owners: Owners[str] = Owners()
    owners.take(("one", "ann"), "first")
    owners.take(("two", "ann"), "first")
    owners.lose("first", 0.0, "one")
    assert owners.of(("one", "ann")) is None
    assert owners.of(("two", "ann")) == "first"


def test_who_is_not_in_the_room_any_more_is_a_stranger() -> None:
    owners: Owners[str] = Owners()
    owners.take(("room", "ann"), "first")
    owners.take(("room", "bob"), "first")
    owners.lose("first", 0.0)
    owners.take(("room", "ann"), "first")
    assert owners.strangers("room", ["ann"]) == [("room", "bob")]


def test_stress_is_the_fullest_of_what_a_node_has() -> None:
    stress = Stress(max_egress_mbps=8, max_peers=10)
    assert stress.value(peers=0) == 0
    assert stress.value(peers=5) == 0.5
    assert stress.value(peers=20) == 1
    for second in range(20):
        stress.sample(float(second), processor_s=second * 0.7, octets=second * 100_000)
    assert round(stress.value(peers=0), 2) == 0.7
    for second in range(20, 40):
        stress.sample(float(second), processor_s=13.3, octets=second * 900_000)
    assert round(stress.value(peers=0), 2) == 0.9


def test_a_loop_that_is_late_once_is_not_full() -> None:
    stress = Stress(1000, 500)
    stress.tick(LATE_FULL_S * 5)
    assert stress.value(peers=0) < 0.1
    for _ in range(1000):
        stress.tick(LATE_FULL_S)
    assert stress.value(peers=0) > 0.9


# --- over real links


@pytest.mark.media
async def test_node_says_that_it_is_drained(server: Server) -> None:
    await server.say("drain", on=True)
    await server.expect("heartbeat", draining=True)


async def heard(link: aiohttp.ClientWebSocketResponse, type: str) -> dict[str, Any]:
    while True:
        message: dict[str, Any] = json.loads(await link.receive_str(timeout=10))
        if message["type"] == type:
            return message


@asynccontextmanager
async def linked(node: MediaNode, secret: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    headers = {"Authorization": f"Bearer {secret}"}
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.ws_connect(f"{node.control_url}/control") as link,
    ):
        yield link


@pytest.mark.media
async def test_what_a_crash_left_nothing_of_is_said_to_all_until_one_took_note(tmp_path: Path) -> None:
    environ = {"PEERLEARN_DATA_DIR": str(tmp_path), "PEERLEARN_MEDIA_BIND": "127.0.0.1"}
    settings = replace(load_media_settings(environ), advertised_ips=("127.0.0.1",))
    key = TrackKey("room", "recording", "ann", "camera", "video")
    SegmentFiles(settings.data_dir / "segments").open(SegmentOpened(key, "lost", 0)).touch()
    node = MediaNode(settings)
    await node.start()
    try:
        async with linked(node, settings.control_secret) as first:
            async with linked(node, settings.control_secret) as second:
                said = [await heard(link, "segment-lost") for link in (first, second)]
                assert said[0] == said[1]
                assert (said[0]["segment"], said[0]["participant"]) == ("lost", "ann")
            await first.send_str(json.dumps({"type": "segment-ack", "segment": "lost"}))
            await first.send_str(json.dumps({"type": "join", "room": "r", "participant": "p"}))
            await heard(first, "seated")
        assert not list((settings.data_dir / "segments").iterdir())
    finally:
        await node.stop()
