"""A microphone or camera that was turned off by who leads goes to nobody, whatever its page sends."""

from __future__ import annotations

import pytest

from media.rooms.room import Room
from tests.media.client import colour_of, near
from tests.media.node.conftest import ROOM, Server
from tests.media.node.test_screens import ENOUGH, GREEN, RED, peer_of, until

pytestmark = pytest.mark.media


def room_of(server: Server) -> Room:
    return server.node._registry._rooms[ROOM]


def came(server: Server, source: str) -> int:
    """Packets of Ann's that the node got."""
    sections = peer_of(server, "ann").receiving.sections
    (section,) = [one for one in sections if one.publish.source == source]
    return sum(one.packets for one in section.sources)


def sent(server: Server, source: str) -> int:
    """Packets of Ann's that went on to Bob."""
    sink = peer_of(server, "bob").sending.sinks_of("ann").get(source)
    return sink.packets if sink else 0


async def nothing_passes(server: Server, source: str) -> None:
    """Though it comes: as much as would have got through."""
    before, heard = sent(server, source), came(server, source)
    await until(lambda: came(server, source) >= heard + ENOUGH)
    assert sent(server, source) == before


@pytest.mark.parametrize("source", ["microphone", "camera"])
async def test_what_is_silenced_goes_on_to_nobody_until_it_is_let_through(
    server: Server, source: str
) -> None:
    await server.client("ann", RED, 440)
    bob = await server.client("bob", GREEN, None)
    assert near(await colour_of((await bob.tracks("video", 1))[0]), RED)
    await until(lambda: sent(server, source) > ENOUGH)
    room = room_of(server)
    await server.say("silence", "ann", source=source, on=True)
    await until(lambda: room.layers(("ann", source)) == (None, {}))
    await nothing_passes(server, source)
    assert room.dominant is None or source == "camera"
    before = sent(server, source)
    await server.say("silence", "ann", source=source, on=False)
    await until(lambda: sent(server, source) > before + ENOUGH)
    other = "camera" if source == "microphone" else "microphone"
    assert len(bob.received["video"]) == len(bob.received["audio"]) == 1, other


async def test_whoever_comes_later_or_again_gets_nothing_of_it(server: Server) -> None:
    """Also at a node that takes the room over: the join says what holds."""
    await server.say("join", "ann", silenced=["microphone"])
    ann = await server.client("ann", RED, 440, offers=False)
    await server.say("join", "ann", silenced=["microphone"])
    await ann.offer()
    bob = await server.client("bob", GREEN, None)
    assert near(await colour_of((await bob.tracks("video", 1))[0]), RED)
    await until(lambda: came(server, "microphone") > ENOUGH)
    await nothing_passes(server, "microphone")
    await server.say("silence", "ann", source="microphone", on=False)
    await until(lambda: sent(server, "microphone") > ENOUGH)
    assert len(await bob.tracks("audio", 1)) == 1


async def test_a_muted_one_is_heard_by_no_ear_and_leaves_none_behind(server: Server) -> None:
    await server.client("ann", RED, 440)
    await until(lambda: "ann" in room_of(server)._listening._ears)
    layers = room_of(server)._tracks["ann", "microphone"].layers
    before = len(layers._followers)
    for _ in range(3):
        for on in (True, False):
            await server.say("silence", "ann", source="microphone", on=on)
    await server.say("silence", "ann", source="microphone", on=True)
    await until(lambda: "ann" not in room_of(server)._listening._ears)
    assert len(layers._followers) == before - 1
