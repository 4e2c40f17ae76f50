"""Many participants, one after the other and at once, with clients that only cost their packets."""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from config.settings import load_media_settings
from media.node import MediaNode
from scripts.benchmarks.load.footage import shoot
from scripts.benchmarks.load.node import SECRET, NodeCalls
from scripts.benchmarks.load.peer import LoadPeer

HOST = "127.0.0.1"
ROOM = "crowd"
GUESTS, AT_ONCE = 100, 10
EVERYONE = 16
OURS = ("media.", "aiortc.", "aioice.", "OpenSSL.")  # modules whose objects are counted
# The mentor's sections are reused once freed. While some come as others go there are twice as many.
REUSED = ("Section", "AgreedCodec")
DESCRIPTORS = Path("/proc/self/fd")

pytestmark = pytest.mark.media


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[MediaNode]:
    settings = load_media_settings({"PEERLEARN_DATA_DIR": str(tmp_path), "PEERLEARN_MEDIA_BIND": HOST})
    node = MediaNode(replace(settings, advertised_ips=(HOST,), control_secret=SECRET))
    await node.start()
    yield node
    await node.stop()


@pytest.fixture
async def calls(node: MediaNode) -> AsyncIterator[NodeCalls]:
    calls = await NodeCalls(HOST).open(node.control_url)
    yield calls
    await calls.close()


class Belongings:
    """What the process holds: tasks, descriptors, objects of our own classes, and things at all.

    The test's own clients count each stream that they ever got: hence some things for each guest."""

    def __init__(self) -> None:
        gc.collect()
        self.tasks = len(asyncio.all_tasks())
        self.descriptors = sum(1 for _ in DESCRIPTORS.iterdir())
        things = gc.get_objects()
        self.things = len(things)
        self.objects = Counter(
            type(thing).__qualname__ for thing in things if str(type(thing).__module__).startswith(OURS)
        )

    def more_than(self, before: Belongings) -> dict[str, int]:
        kept: dict[str, int] = dict(self.objects - before.objects)
        for name in REUSED:
            kept[name] = kept.get(name, 0) - 2 * AT_ONCE
        kept["things"] = self.things - before.things - 20 * GUESTS
        kept["tasks"] = self.tasks - before.tasks
        kept["descriptors"] = self.descriptors - before.descriptors
        return {name: count for name, count in kept.items() if count > 0}


async def streams(peer: LoadPeer, count: int) -> None:
    """Wait until so many come, and their keys are known."""
    for _ in range(1000):
        if len(peer.received) >= count and peer.profile:
            return
        await asyncio.sleep(0.02)
    raise TimeoutError(f"{len(peer.received)} of {count} streams came")


async def visit(calls: NodeCalls, name: str) -> None:
    """Come, show and see something, go."""
    guest = await calls.publish(ROOM, name)
    await calls.watch(ROOM, name, ["mentor"])
    guest.play(shoot())
    await streams(guest, 2)
    await calls.leave(ROOM, name)


async def visits(calls: NodeCalls, group: int) -> None:
    await asyncio.gather(*(visit(calls, f"guest-{group}-{each}") for each in range(AT_ONCE)))


async def settled(before: Belongings) -> dict[str, int]:
    """What is still held more than before, once goodbyes are said."""
    for _ in range(30):
        kept = Belongings().more_than(before)
        if not kept:
            break
        await asyncio.sleep(0.1)
    return kept


async def test_a_hundred_visits_leave_nothing_behind(calls: NodeCalls) -> None:
    mentor = await calls.publish(ROOM, "mentor")
    mentor.play(shoot())
    await visits(calls, 0)
    await asyncio.sleep(2)
    before = Belongings()
    for group in range(1, GUESTS // AT_ONCE + 1):
        await visits(calls, group)
    assert await settled(before) == {}
    assert mentor.received.keys()


async def test_sixteen_in_one_room_see_and_hear_each_other(calls: NodeCalls) -> None:
    names = [f"guest-{index}" for index in range(EVERYONE)]
    peers: dict[str, LoadPeer] = {}
    for name in names:
        peers[name] = await calls.publish(ROOM, name)
    footage = shoot()
    for peer in peers.values():
        peer.play(footage)
    await asyncio.gather(
        *(calls.watch(ROOM, name, [other for other in names if other != name]) for name in names)
    )
    for peer in peers.values():
        await streams(peer, 2 * (EVERYONE - 1))
