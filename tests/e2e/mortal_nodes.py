"""A lesson of two on a platform with two media nodes, which are killed under it.

`scripts/soak node-kills` kills twenty, `test_node_death.py` one.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from tests.e2e.caller import Caller
from tests.e2e.platform import Person, Platform, Town, free_port
from tests.media.client import PlainClient
from tests.media.relay import Relay

START_S = 60
BACK_S = 30.0  # what takes longer has failed; the figure to reach is 10 s
READY_S = 60.0
RED, GREEN = (200, 30, 30), (30, 180, 30)


class NodeProcess:
    """`python -m media` at a control address that stays the same over its lives."""

    def __init__(self, name: str, data_dir: Path, secret: str, redis_url: str = "") -> None:
        self.name = name
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = data_dir / f"{name}.log"
        self._settings = {
            "PEERLEARN_DATA_DIR": str(data_dir),
            "PEERLEARN_MEDIA_NODE_ID": name,
            "PEERLEARN_MEDIA_BIND": "127.0.0.1",
            "PEERLEARN_MEDIA_ADVERTISED_IPS": "127.0.0.1",
            "PEERLEARN_MEDIA_CONTROL_BIND": f"127.0.0.1:{self.port}",
            "PEERLEARN_MEDIA_CONTROL_SECRET": secret,
            "PEERLEARN_REDIS_URL": redis_url,
        }
        self._process: Process | None = None

    async def start(self) -> None:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PEERLEARN_")}
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "media"),
                stdin=PIPE,
                stdout=PIPE,
                stderr=log,
                env={**kept, **self._settings},
            )
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), START_S)
        assert "ready" in json.loads(line), line

    async def kill(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    def signal(self, number: int) -> None:
        """SIGSTOP makes it a host that has fallen silent, SIGCONT one that is back."""
        assert self._process is not None
        self._process.send_signal(number)


class LastingCaller(Caller):
    """Does as a `reset` says: a new connection, and a new offer. `look` is its colour and its tone."""

    look: tuple[tuple[int, int, int], int]

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, relay: Relay | None = None) -> None:
        super().__init__(socket, relay)
        self.resets = 0
        self._changed = asyncio.Condition()
        self._closing: set[asyncio.Task[None]] = set()

    async def _read(self) -> None:
        async for frame in self.socket:
            message = json.loads(frame.data)
            if message["type"] == "reset":
                await self._begin_anew()
            elif message["type"] in ("offer", "answer"):
                assert self.client is not None
                await self.client.take(message)
            else:
                await self.inbox.put(message)

    async def _begin_anew(self) -> None:
        assert self.client is not None
        closing = asyncio.create_task(self.client.close())
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)
        self.client = PlainClient(self.say, *self.look)
        await self.client.offer()
        async with self._changed:
            self.resets += 1
            self._changed.notify_all()

    async def sees(self, resets: int = 0) -> None:
        """Wait for a picture on the connection that was made after so many resets."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.resets >= resets)
        assert self.client is not None
        (track,) = await self.client.tracks("video", 1, within=BACK_S)
        await track.recv()


@dataclass
class Lesson:
    """Two who see, hear and record each other. `kills` are the seconds until each was made good."""

    http: aiohttp.ClientSession
    nodes: list[NodeProcess]
    mentor: Person
    id: str
    callers: list[LastingCaller] = field(default_factory=list)
    kills: list[float] = field(default_factory=list)

    async def begin(self, learner: Person) -> None:
        for person, look in ((self.mentor, (RED, 440)), (learner, (GREEN, 1000))):
            caller = await LastingCaller.enter(person, self.id, *look)
            assert isinstance(caller, LastingCaller)
            caller.look = look
            self.callers.append(caller)
            await caller.say({"type": "recording", "consent": True})
        await self.mentor.call("POST", f"/sessions/{self.id}/start")
        await asyncio.gather(*(caller.sees() for caller in self.callers))
        await self.callers[0].expect("recording", state="recording")

    async def kill_node(self) -> float:
        """Kill the node that has the lesson; seconds until both see each other again. It is started again
        then."""
        node = await self._node()
        async with self._timed():
            await node.kill()
        await node.start()
        return self.kills[-1]

    async def freeze_node(self) -> float:
        """Stop the node that has the lesson as it is; seconds as above. It goes on then, and has to learn
        that nobody is there any more."""
        node = await self._node()
        async with self._timed():
            node.signal(signal.SIGSTOP)
        node.signal(signal.SIGCONT)
        async with asyncio.timeout(BACK_S):
            while True:
                if not await self._figure(node, "rooms"):
                    return self.kills[-1]
                await asyncio.sleep(0.1)

    @asynccontextmanager
    async def _timed(self) -> AsyncIterator[None]:
        """From what is done in the block until both see each other again."""
        resets = [caller.resets + 1 for caller in self.callers]
        began = time.monotonic()
        yield
        async with asyncio.timeout(BACK_S):
            both = zip(self.callers, resets, strict=True)
            await asyncio.gather(*(caller.sees(count) for caller, count in both))
        self.kills.append(time.monotonic() - began)

    async def is_written(self, octets: int) -> None:
        """Wait until the node that has the lesson has recorded so much."""
        node = await self._node()
        async with asyncio.timeout(READY_S):
            while True:
                if await self._figure(node, "recorder_bytes_total") >= octets:
                    return
                await asyncio.sleep(0.1)  # a node tells its figures to who asks

    async def _node(self) -> NodeProcess:
        for node in self.nodes:
            if await self._figure(node, "peers"):
                return node
        raise AssertionError("no node has the lesson")

    async def _figure(self, node: NodeProcess, name: str) -> float:
        async with self.http.get(f"{node.url}/metrics") as answer:
            (found,) = re.findall(rf"^peerlearn_media_{name} (\S+)", await answer.text(), re.MULTILINE)
        return float(found)

    async def end(self) -> list[dict[str, Any]]:
        """The tracks of the recording, when all of them are stored or known to be lost."""
        await self.mentor.call("POST", f"/sessions/{self.id}/end")
        for caller in self.callers:
            await caller.leave()
        async with asyncio.timeout(READY_S):
            while True:
                found = await self.mentor.call("GET", f"/sessions/{self.id}/recordings")
                if found["state"] == "ready":
                    return list(found["tracks"])
                await asyncio.sleep(0.2)  # the worker is another process's


def lines(tracks: list[dict[str, Any]]) -> dict[tuple[str, str], list[tuple[int, int]]]:
    """What is stored of each source, as (start, end) in milliseconds of the lesson's one time line."""
    found: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for track in sorted(tracks, key=lambda one: one["start_ms"]):
        if track["state"] == "ready":
            line = found.setdefault((track["participant"], track["source"]), [])
            line.append((track["start_ms"], track["start_ms"] + track["duration_ms"]))
    return found


@asynccontextmanager
async def lesson_on_two_nodes(folder: Path) -> AsyncIterator[Lesson]:
    secret = "s" * 40
    nodes = [NodeProcess(f"media-{number}", folder, secret) for number in (1, 2)]
    platform = Platform(
        folder / "server",
        PEERLEARN_MEDIA_NODES=",".join(node.url for node in nodes),
        PEERLEARN_MEDIA_CONTROL_SECRET=secret,
    )
    try:
        await asyncio.gather(platform.start(), *(node.start() for node in nodes))
        async with aiohttp.ClientSession() as http:
            town = Town(platform, http)
            mentor, learner = await town.mentor(), await town.register("learner")
            session_id = await town.lesson(mentor)
            await learner.call("POST", f"/sessions/{session_id}/bookings", expect=201)
            lesson = Lesson(http, nodes, mentor, session_id)
            await lesson.begin(learner)
            yield lesson
    finally:
        for node in nodes:
            await node.kill()
        await platform.stop()
