"""Whose screen is shown is the server's word: a node forwards no packet of any other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from media.forward.source import TrackSource
from media.rooms.peer import Peer
from tests.media.client import ColourTrack, PlainClient, colour_of, near
from tests.media.node.conftest import ROOM, Server

RED, GREEN, BLUE = (200, 30, 30), (30, 180, 30), (30, 30, 200)
ENOUGH = 30  # packets of a screen: about a second
LOOK_S = 0.02

pytestmark = pytest.mark.media


async def sharer(server: Server, name: str) -> PlainClient:
    """Somebody with a camera and, unasked, a screen: their second video."""
    client = await server.client(name, RED, None, offers=False)
    await server.say("allow-screen", name, on=False)
    client.pc.addTrack(ColourTrack(BLUE))
    await client.offer()
    return client


def peer_of(server: Server, name: str) -> Peer:
    peer = server.node._registry._rooms[ROOM].peer(name)
    assert peer is not None
    return peer


def screen_of(server: Server, name: str) -> TrackSource:
    (section,) = [
        one for one in peer_of(server, name).receiving.sections if one.publish.source == "screen"
    ]
    (source,) = section.sources
    return source


async def more_packets(source: TrackSource) -> None:
    """Wait until so much of the screen has come that a receiver would have got some."""
    wanted = source.packets + ENOUGH
    await until(lambda: source.packets >= wanted)


async def until(ready: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while True:
            if ready():
                return
            await asyncio.sleep(LOOK_S)


async def test_a_screen_is_shown_while_it_is_granted_and_no_longer(server: Server) -> None:
    await sharer(server, "ann")
    await server.expect("screen-held", participant="ann")
    bob = await server.client("bob", GREEN, None)
    assert near(await colour_of((await bob.tracks("video", 1))[0]), RED)
    source = screen_of(server, "ann")
    await more_packets(source)
    assert len(bob.received["video"]) == 1
    await server.say("allow-screen", "ann", on=True)
    screen = (await bob.tracks("video", 2))[1]
    assert near(await colour_of(screen), BLUE)
    sink = peer_of(server, "bob").sending.sinks_of("ann")["screen"]
    await server.say("allow-screen", "ann", on=False)
    await until(lambda: ("ann", "screen") not in server.node._registry._rooms[ROOM]._tracks)
    sent = sink.packets
    await more_packets(source)
    assert sink.packets == sent


async def test_a_stopped_screen_costs_nobody_the_camera_and_comes_back(server: Server) -> None:
    await sharer(server, "ann")
    await server.expect("screen-held", participant="ann")
    await server.say("allow-screen", "ann", on=True)
    bob = await server.client("bob", GREEN, None)
    tracks = await bob.tracks("video", 2)
    colours = [await colour_of(track) for track in tracks]
    camera = tracks[[near(one, RED) for one in colours].index(True)]
    for on in (False, True):
        await server.say("allow-screen", "ann", on=on)
    assert near(await colour_of(camera, frames=20), RED)
    sink = peer_of(server, "bob").sending.sinks_of("ann")["screen"]
    sent = sink.packets
    await until(lambda: sink.packets > sent + ENOUGH)


async def test_whoever_comes_in_again_without_the_grant_is_held_back(server: Server) -> None:
    """As after a change of the room's home: the join says what holds."""
    ann = await server.client("ann", RED, None, offers=False)
    await server.say("join", "ann", screen=False)
    ann.pc.addTrack(ColourTrack(BLUE))
    await ann.offer()
    await server.expect("screen-held", participant="ann")
