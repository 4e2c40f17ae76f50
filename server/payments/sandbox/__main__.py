"""python -m server.payments.sandbox --folder DIR [--port N] [--webhook-url URL [--webhook-ca FILE]]
[--lends]

Serves until its input, a pipe, closes. The keys come from the environment (`SANDBOX_SECRET_KEY`,
`SANDBOX_PUBLISHABLE_KEY`, `SANDBOX_WEBHOOK_SECRET`), since other users of a machine see the arguments of
a process. A line of JSON says where it listens, or where the one does that serves the folder already and
whose end it then waits for.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import ssl
import stat
import sys
import time
from pathlib import Path

from aiohttp import web

from server.payments.sandbox.bank import Bank
from server.payments.sandbox.http import build
from server.payments.sandbox.place import Place
from server.payments.sandbox.store import Store
from server.payments.sandbox.webhooks import Sender

HOST = "127.0.0.1"
SHUTDOWN_S = 1.0  # for requests that are open at the end


async def serve(asked: argparse.Namespace) -> None:
    """Until cancelled."""
    with Place(asked.folder) as place:
        await place.turn(announce)
        store = Store(asked.folder / "sandbox.sqlite3")
        sender = Sender(store, asked.webhook_url, os.environ["SANDBOX_WEBHOOK_SECRET"], trust(asked))
        bank = Bank(store, time.time, sender.wake, lends=asked.lends)
        keys = os.environ["SANDBOX_SECRET_KEY"], os.environ["SANDBOX_PUBLISHABLE_KEY"]
        runner = web.AppRunner(build(bank, *keys), shutdown_timeout=SHUTDOWN_S)
        await runner.setup()
        try:
            base = await listen(runner, asked.port or place.port)
            place.write(base)
            announce(base)
            await sender.run()
        finally:
            await runner.cleanup()
            store.close()


async def listen(runner: web.AppRunner, port: int) -> str:
    """At this port, or at another one where somebody else has it by now. Gives our address."""
    try:
        await web.TCPSite(runner, HOST, port).start()
    except OSError:
        await web.TCPSite(runner, HOST, 0).start()
    return f"http://{HOST}:{runner.addresses[0][1]}"


def announce(base: str) -> None:
    print(json.dumps({"ready": {"base": base}}), flush=True)


def trust(asked: argparse.Namespace) -> ssl.SSLContext | None:
    """What certificates of the webhooks' taker are checked with, beside those that everybody trusts."""
    return ssl.create_default_context(cafile=asked.webhook_ca) if asked.webhook_ca else None


async def parent_gone() -> None:
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


async def run(asked: argparse.Namespace) -> None:
    """Serve until the parent is gone, somebody says stop, or it fails."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    serving = asyncio.create_task(serve(asked))
    ends = [asyncio.create_task(parent_gone()), asyncio.create_task(stopping.wait())]
    await asyncio.wait([serving, *ends], return_when=asyncio.FIRST_COMPLETED)
    for task in (serving, *ends):
        task.cancel()
    await asyncio.wait([serving])
    if not serving.cancelled():
        serving.result()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--webhook-url", default="")
    parser.add_argument("--webhook-ca", default="")
    parser.add_argument("--lends", action="store_true")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
