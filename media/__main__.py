"""`python -m media`: one media node.

When it is ready it prints one JSON line: `{"ready": {"node_id", "control_url", "udp_port"}}`. Started
as a child (standard input is a pipe), it ends when its parent closes the pipe or dies.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import stat
import sys

import uvloop

from config.logs import configure_logs
from config.settings import MediaSettings, SettingsError, load_media_settings
from media.node import MediaNode


async def _parent_gone() -> None:
    """Return when standard input, a pipe from the parent, is closed; never if it is no pipe."""
    mode = os.fstat(0).st_mode
    if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
        await asyncio.Event().wait()
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    while await reader.read(1024):
        pass


async def _run(settings: MediaSettings) -> None:
    node = MediaNode(settings)
    await node.start()
    ready = {"node_id": node.id, "control_url": node.control_url, "udp_port": node.udp_port}
    print(json.dumps({"ready": ready}), flush=True)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    waits = [asyncio.create_task(stopping.wait()), asyncio.create_task(_parent_gone())]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
    await node.stop()


def main() -> None:
    try:
        settings = load_media_settings()
    except SettingsError as error:
        sys.exit(str(error))
    configure_logs(json_lines=settings.env == "production")
    try:
        with contextlib.suppress(KeyboardInterrupt):
            uvloop.run(_run(settings))
    except OSError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
