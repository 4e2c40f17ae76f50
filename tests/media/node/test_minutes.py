"""What a node says of each participant's minute, and that it says so until a server has it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from media.rooms import minutes
from tests.media.client import colour_of
from tests.media.node.conftest import ROOM, Server

RED, GREEN = (200, 30, 30), (30, 180, 30)
PACKETS = 40  # which bob sends and gets within a second or two

pytestmark = pytest.mark.media


async def two(server: Server) -> None:
    """Ann and Bob see each other, for some seconds."""
    await server.say("join", "ann", role="mentor")
    ann = await server.client("ann", RED, 440)
    bob = await server.client("bob", GREEN, 1000)
    for client in (ann, bob):
        await colour_of((await client.tracks("video", 1))[0])


async def until(met: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not met():  # noqa: ASYNC110 - nothing tells when a counter has grown
            await asyncio.sleep(0.02)


def room_of(server: Server) -> minutes.Minutes:
    return server.node._registry._rooms[ROOM]._minutes


async def measured(server: Server, participant: str) -> None:
    """Until the participant's minute has something of both ways."""
    tally = room_of(server)._diaries[participant].tally
    await until(lambda: min(tally._up.packets, tally._down.packets) >= PACKETS)


async def test_one_who_leaves_has_their_minute_told_with_both_ways_of_their_leg(server: Server) -> None:
    await two(server)
    await measured(server, "bob")
    await server.say("leave", "bob")
    said = await server.expect("quality-minute", participant="bob")
    assert said["room"] == ROOM
    assert said["begin_ms"] % 60_000 == 0
    assert said["begin_ms"] <= said["now_ms"]
    assert said["span_ms"] >= 1000
    for way in ("up", "down"):
        assert said[way]["packets"] >= PACKETS
        assert said[way]["octets"] > 1000
        assert said[way]["lost"] == 0
        assert said[way]["layers"]["f"] > 0
    assert "node" not in said["faults"]
    assert said["freezes"] == 0


async def test_everybodys_minute_is_told_when_it_is_over(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(minutes, "MINUTE_MS", 3000)
    await two(server)
    first = await server.expect("quality-minute", participant="ann")
    second = await server.expect("quality-minute", participant="ann")
    assert second["begin_ms"] > first["begin_ms"]
    assert second["id"] != first["id"]


async def test_a_minute_is_said_again_to_the_next_link_until_it_is_acknowledged(server: Server) -> None:
    await two(server)
    await measured(server, "bob")
    await server.say("leave", "bob")
    said = await server.expect("quality-minute", participant="bob")
    async with server.http.ws_connect(server.node.control_url + "/control") as socket:
        again = Server(server.http, socket, server.node)
        repeated = await again.expect("quality-minute", participant="bob")
        await again.close()
    assert {**repeated, "now_ms": 0} == {**said, "now_ms": 0}
    await server.say("quality-ack", id=said["id"])
    await until(lambda: not server.node._control._minutes.waiting())
