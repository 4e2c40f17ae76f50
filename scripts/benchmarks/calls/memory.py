"""What the media node keeps in memory for a peer that is connected and sends nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from scripts.benchmarks.load.node import NodeCalls, start_node
from scripts.benchmarks.processes import resident_bytes

HOST = "127.0.0.1"
FIRST = 10  # peers that come before it is looked the first time: they load what all share
SETTLES_S = 2.0


async def idle_peer_bytes(folder: Path, peers: int) -> dict[str, Any]:
    """Peers sit in rooms of two, each with a camera and a microphone offered and the other's received."""
    node, url = start_node(folder, HOST)
    try:
        calls = await NodeCalls(HOST).open(url)
        await _connect(calls, 0, FIRST)
        before = resident_bytes(node.pid)
        await _connect(calls, FIRST, FIRST + peers)
        grown = resident_bytes(node.pid) - before
        await calls.close()
    finally:
        node.terminate()
        node.wait()
        assert node.stdout is not None
        node.stdout.close()
    return {"peers": peers, "kb_per_peer": round(grown / peers / 1000), "before_mb": before // 10**6}


async def _connect(calls: NodeCalls, first: int, end: int) -> None:
    for number in range(first, end):
        await calls.publish(f"room-{number // 2}", f"peer-{number % 2}")
    await asyncio.sleep(SETTLES_S)
