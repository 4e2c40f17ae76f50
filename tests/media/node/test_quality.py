"""What a node says of how its participants' media arrive, and what `subscribe` changes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from media.rooms.peer import Peer
from tests.media.client import colour_of
from tests.media.node.conftest import ROOM, Server

RED, GREEN = (200, 30, 30), (30, 180, 30)

pytestmark = pytest.mark.media


async def view(server: Server, who: str, publisher: str, source: str, **wish: Any) -> None:
    await server.say("subscribe", who, publisher=publisher, source=source, **wish)


def peer_of(server: Server, name: str) -> Peer:
    return next(peer for peer in server.node._registry.peers if peer.participant == name)


async def two(server: Server) -> None:
    """Ann and Bob see each other."""
    await server.say("join", "ann", role="mentor")
    ann = await server.client("ann", RED, 440)
    bob = await server.client("bob", GREEN, 1000)
    for client in (ann, bob):
        await colour_of((await client.tracks("video", 1))[0])


async def test_everybody_is_told_how_the_others_and_their_own_media_travel(server: Server) -> None:
    await two(server)
    said = await server.expect("quality", participant="bob", about="ann", layer="f")
    assert said["room"] == ROOM
    assert said["score"] > 4
    assert said["loss"] == 0
    own = await server.expect("quality", participant="ann", about="ann")
    assert own["score"] > 4
    assert "reason" not in own


async def test_a_picture_that_is_not_shown_is_not_sent_and_said_to_be_hidden(server: Server) -> None:
    await two(server)
    await view(server, "bob", "ann", "camera", quality="off")
    said = await server.expect("quality", participant="bob", about="ann", layer="none")
    assert said["reason"] == "hidden"
    sinks = peer_of(server, "bob").sending.sinks_of("ann")
    packets = {source: sink.packets for source, sink in sinks.items()}
    await asyncio.sleep(0.5)
    assert sinks["camera"].packets == packets["camera"]
    assert sinks["microphone"].packets > packets["microphone"]
    await view(server, "bob", "ann", "camera", quality="auto", width=300)
    back = await server.expect("quality", participant="bob", about="ann", layer="f")
    assert "reason" not in back


async def test_a_slow_receiver_of_a_plain_stream_is_told_that_it_is_its_network(server: Server) -> None:
    await two(server)
    adaptation = peer_of(server, "bob").sending.adaptation
    now = asyncio.get_running_loop().time()
    for second in range(60):
        adaptation.on_report(0.9, now + second)
    said = await server.expect("quality", participant="bob", about="ann", layer="none")
    assert said["reason"] == "your_network"
    assert said["score"] < 3
    sinks = peer_of(server, "ann").sending.sinks_of("bob")
    assert sinks["camera"].layer == 0
