"""The embedded media node is kept running, and never outlives the server."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from config.settings import Settings
from server import children
from server.children import MediaChild
from server.infra.nodes import MediaNode, NodeDirectory

PATIENCE_S = 60

NODE = """
import json, os, sys
secret = os.environ["PEERLEARN_MEDIA_CONTROL_SECRET"]
assert len(secret) > 30
ready = {"control_url": "http://127.0.0.1:7", "node_id": str(os.getpid()), "udp_port": 9}
print(json.dumps({"ready": ready}), flush=True)
print("noise " * 100_000, flush=True)
sys.stdin.read()
"""
DUMB = "import sys; print('hello'); sys.stdin.read()"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Without Redis, whatever the run is with: beside it a node tells of itself."""
    return replace(settings, redis_url="")


class Watch:
    """The directory's nodes, and waiting until they are as wanted."""

    def __init__(self) -> None:
        self.directory = NodeDirectory()
        self._changed = asyncio.Event()
        self.directory.subscribe(self._changed.set)

    async def until(self, wanted: Callable[[tuple[MediaNode, ...]], bool]) -> tuple[MediaNode, ...]:
        async with asyncio.timeout(PATIENCE_S):
            while not wanted(self.directory.nodes):
                self._changed.clear()
                await self._changed.wait()
        return self.directory.nodes


@asynccontextmanager
async def running(settings: Settings, watch: Watch, program: str) -> AsyncIterator[asyncio.Task[None]]:
    child = MediaChild(settings, watch.directory, (sys.executable, "-c", program))
    task = asyncio.create_task(child.run())
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_node_is_announced_with_what_it_said(settings: Settings) -> None:
    watch = Watch()
    async with running(settings, watch, NODE):
        (node,) = await watch.until(bool)
        assert (node.control_url, node.udp_port) == ("http://127.0.0.1:7", 9)
        assert watch.directory.urls() == ["http://127.0.0.1:7"]


async def test_node_ends_with_the_server(settings: Settings) -> None:
    watch = Watch()
    async with running(settings, watch, NODE):
        (node,) = await watch.until(bool)
    assert watch.directory.nodes == ()
    assert not alive(int(node.node_id))


async def test_killed_node_is_started_again(settings: Settings) -> None:
    watch = Watch()
    async with running(settings, watch, NODE):
        (first,) = await watch.until(bool)
        os.kill(int(first.node_id), 9)
        (second,) = await watch.until(lambda nodes: bool(nodes) and nodes[0] != first)
        assert alive(int(second.node_id))


async def test_child_beside_redis_is_found_by_the_register_alone(
    settings: Settings, tmp_path: Path
) -> None:
    """All servers are to know it, not only the one that started it."""
    beside = replace(settings, redis_url="redis://127.0.0.1:9/3")
    told = tmp_path / "told"
    os.mkfifo(told)
    program = f"import os; open({str(told)!r}, 'w').write(os.environ['PEERLEARN_REDIS_URL']); {NODE}"
    watch = Watch()
    async with running(beside, watch, program), asyncio.timeout(PATIENCE_S):
        assert await asyncio.to_thread(told.read_text) == "redis://127.0.0.1:9/3"
        assert watch.directory.nodes == ()


async def test_child_that_never_gets_ready_is_announced_never(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "READY_S", 0.5)
    watch = Watch()
    async with running(settings, watch, DUMB) as task:
        done, _ = await asyncio.wait({task}, timeout=1.5)
        assert not done
        assert watch.directory.nodes == ()


async def test_subscription_ends(settings: Settings) -> None:
    directory, calls = NodeDirectory(), []
    end = directory.subscribe(lambda: calls.append(1))
    directory.replace([MediaNode("http://a")])
    directory.replace([MediaNode("http://a")])
    end()
    directory.replace([])
    assert calls == [1]
