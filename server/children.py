"""Starts the embedded media node as a child process, and again with growing pauses when it ends.

The child ends by itself when its standard input closes, so none outlives a killed parent.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import PIPE, Process

import structlog

from config.settings import PREFIX, Settings
from server.infra.nodes import MediaNode, NodeDirectory

COMMAND = (sys.executable, "-m", "media")
READY_S = 20.0  # a first start on a small machine generates a certificate and loads codecs
PAUSE_MIN_S = 0.2
PAUSE_MAX_S = 5.0
STEADY_S = 30.0  # a child that lived so long is restarted without a pause again
STOP_S = 5.0

log = structlog.get_logger()


class MediaChild:
    """Keeps one media node running and tells the directory where it is."""

    def __init__(
        self, settings: Settings, directory: NodeDirectory, command: tuple[str, ...] = COMMAND
    ) -> None:
        self._command = command
        self._settings = settings
        # with Redis the child registers itself, for all servers alike
        self._directory = NodeDirectory() if settings.nodes_register else directory
        self._process: Process | None = None

    async def run(self) -> None:
        """Until cancelled; the child is stopped then."""
        pause = PAUSE_MIN_S
        loop = asyncio.get_running_loop()
        try:
            while True:
                started = loop.time()
                await self._one_life()
                pause = PAUSE_MIN_S if loop.time() - started > STEADY_S else min(pause * 2, PAUSE_MAX_S)
                log.warning("the media node ended; starting it again", pause=pause)
                await asyncio.sleep(pause)
        finally:
            await self._stop()

    async def _one_life(self) -> None:
        """Start the child, announce it, and return when it has ended."""
        self._process = process = await self._spawn()
        try:
            self._directory.replace([await asyncio.wait_for(_ready(process), READY_S)])
            log.info("media node ready", node=self._directory.nodes[0].control_url, pid=process.pid)
            await _ended(process)
        except (TimeoutError, ValueError) as error:
            log.error("the media node did not start", error=repr(error))
        finally:
            self._directory.replace([])
            await self._stop()

    async def _spawn(self) -> Process:
        environment = _environment(self._settings)
        return await asyncio.create_subprocess_exec(
            *self._command, stdin=PIPE, stdout=PIPE, env=environment
        )

    async def _stop(self) -> None:
        """Close its input, and use force when that does not end it."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        if process.stdin:
            process.stdin.close()
        try:
            await asyncio.wait_for(_ended(process), STOP_S)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def _environment(settings: Settings) -> dict[str, str]:
    """Ours, with what the node shares with us and where it may listen.

    Servers that share a folder have each a node of their own, with a folder of its own: a node repairs
    at its start what it finds there."""
    return {
        **os.environ,
        f"{PREFIX}ENV": settings.env,
        f"{PREFIX}DATA_DIR": str(settings.data_dir),
        f"{PREFIX}MEDIA_NODE_ID": f"{settings.media.node_id}-{settings.port}",
        f"{PREFIX}MEDIA_CONTROL_SECRET": settings.media.control_secret,
        f"{PREFIX}MEDIA_CONTROL_BIND": "127.0.0.1:0",
        f"{PREFIX}MEDIA_CONTROL_URL": "",
        f"{PREFIX}REDIS_URL": settings.redis_url,
    }


async def _ready(process: Process) -> MediaNode:
    """Read the line in which the node says where it listens.

    Raises ValueError when it ends or says something else."""
    assert process.stdout is not None
    ready = json.loads(await process.stdout.readline() or b"{}").get("ready")
    if not isinstance(ready, dict):
        raise ValueError("it ended before it was ready")
    return MediaNode(str(ready["control_url"]), str(ready["node_id"]), int(ready["udp_port"]))


async def _ended(process: Process) -> None:
    """Read on, so that the child never blocks on its output, until it has ended."""
    assert process.stdout is not None
    while await process.stdout.read(65536):
        pass
    await process.wait()
