"""Starts what the embedded default needs beside it as child processes, and again with growing pauses when
one ends: the media node, and the stand-in for the payment provider.

A child says in its first line of output that it is ready, and ends by itself when its standard input
closes, so none outlives a killed parent.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Any

import structlog

from config.settings import ANY_ADDRESS, PREFIX, Settings
from server.infra.nodes import MediaNode, NodeDirectory
from server.payments.gateway.current import sandbox_folder

MEDIA = (sys.executable, "-m", "media")
SANDBOX = (sys.executable, "-m", "server.payments.sandbox")
WEBHOOK_PATH = "/api/v1/webhooks/stripe"
READY_S = 20.0  # a first start on a small machine generates a certificate and loads codecs
PAUSE_MIN_S = 0.2
PAUSE_MAX_S = 5.0
STEADY_S = 30.0  # a child that lived so long is restarted without a pause again
STOP_S = 5.0

log = structlog.get_logger()


class Child:
    """Keeps one process running. `name` is what the log calls it; `ready` is set while it is."""

    name: str

    def __init__(self, command: tuple[str, ...]) -> None:
        self._command = command
        self._process: Process | None = None
        self.ready = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled; the child is stopped then."""
        pause = PAUSE_MIN_S
        loop = asyncio.get_running_loop()
        try:
            while True:
                started = loop.time()
                await self._one_life()
                pause = PAUSE_MIN_S if loop.time() - started > STEADY_S else min(pause * 2, PAUSE_MAX_S)
                log.warning("child ended; starting it again", child=self.name, pause=pause)
                await asyncio.sleep(pause)
        finally:
            await self._stop()

    async def _one_life(self) -> None:
        """Start the child, hear that it is ready, and return when it has ended."""
        self._process = process = await self._spawn()
        try:
            told = await asyncio.wait_for(_ready(process), READY_S)
            self._came(told)
            self.ready.set()
            log.info("child ready", child=self.name, pid=process.pid, **told)
            await _ended(process)
        except (TimeoutError, ValueError, KeyError) as error:
            log.error("child did not start", child=self.name, error=repr(error))
        finally:
            self.ready.clear()
            self._went()
            await self._stop()

    def _environment(self) -> dict[str, str]:
        """What the child is told beside our own environment."""
        return {}

    def _came(self, told: dict[str, Any]) -> None:
        """It is ready, and said this. Raises ValueError or KeyError where that is not enough."""

    def _went(self) -> None:
        """It is ready no more."""

    async def _spawn(self) -> Process:
        environment = {**os.environ, **self._environment()}
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


class MediaChild(Child):
    """Keeps one media node running and tells the directory where it is."""

    name = "media node"

    def __init__(
        self, settings: Settings, directory: NodeDirectory, command: tuple[str, ...] = MEDIA
    ) -> None:
        super().__init__(command)
        self._settings = settings
        # with Redis the child registers itself, for all servers alike
        self._directory = NodeDirectory() if settings.nodes_register else directory

    def _came(self, told: dict[str, Any]) -> None:
        node = MediaNode(str(told["control_url"]), str(told["node_id"]), int(told["udp_port"]))
        self._directory.replace([node])

    def _went(self) -> None:
        self._directory.replace([])

    def _environment(self) -> dict[str, str]:
        """What the node shares with us and where it may listen.

        Servers that share a folder have each a node of their own, with a folder of its own: a node
        repairs at its start what it finds there."""
        settings = self._settings
        return {
            f"{PREFIX}ENV": settings.env,
            f"{PREFIX}DATA_DIR": str(settings.data_dir),
            f"{PREFIX}MEDIA_NODE_ID": f"{settings.media.node_id}-{settings.port}",
            f"{PREFIX}MEDIA_CONTROL_SECRET": settings.media.control_secret,
            f"{PREFIX}MEDIA_CONTROL_BIND": "127.0.0.1:0",
            f"{PREFIX}MEDIA_CONTROL_URL": "",
            f"{PREFIX}REDIS_URL": settings.redis_url,
        }


class SandboxChild(Child):
    """Keeps the stand-in for the payment provider running. It writes down itself where it listens, and
    waits for its turn where that of another server serves our folder already."""

    name = "payment sandbox"

    def __init__(
        self, settings: Settings, certificate: Path | None, command: tuple[str, ...] = SANDBOX
    ) -> None:
        """`certificate` is ours where we serve https with one that nobody else trusts."""
        told = {
            "--folder": str(sandbox_folder(settings.data_dir)),
            "--webhook-url": webhook_url(settings, secure=certificate is not None),
            "--webhook-ca": str(certificate or ""),
        }
        # the demo's lessons were paid with credit for which nobody paid anything in
        super().__init__((*command, "--lends", *(part for pair in told.items() for part in pair)))
        self._settings = settings

    def _environment(self) -> dict[str, str]:
        """Keys, which others could read among its arguments."""
        keys = self._settings.stripe
        return {
            "SANDBOX_SECRET_KEY": keys.secret_key,
            "SANDBOX_PUBLISHABLE_KEY": keys.publishable_key,
            "SANDBOX_WEBHOOK_SECRET": keys.webhook_secret,
        }


def webhook_url(settings: Settings, *, secure: bool) -> str:
    """Where we take webhooks from this machine: at the port where we listen, whatever our public name."""
    host = "127.0.0.1" if settings.host in ANY_ADDRESS else settings.host
    named = f"[{host}]" if ":" in host else host
    return f"{'https' if secure else 'http'}://{named}:{settings.port}{WEBHOOK_PATH}"


async def _ready(process: Process) -> dict[str, Any]:
    """Read the line in which the child says where it listens.

    Raises ValueError when it ends or says something else."""
    assert process.stdout is not None
    ready = json.loads(await process.stdout.readline() or b"{}").get("ready")
    if not isinstance(ready, dict):
        raise ValueError("it ended before it was ready")
    return ready


async def _ended(process: Process) -> None:
    """Read on, so that the child never blocks on its output, until it has ended."""
    assert process.stdout is not None
    while await process.stdout.read(65536):
        pass
    await process.wait()
