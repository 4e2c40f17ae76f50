"""python -m server.payments.sandbox --folder DIR [--port N] [--webhook-url URL]: until its input closes.

The keys come from the environment (`SANDBOX_SECRET_KEY`, `SANDBOX_PUBLISHABLE_KEY`,
`SANDBOX_WEBHOOK_SECRET`), since other users of a machine see the arguments of a process. One line of JSON
says where it listens.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from pathlib import Path

from aiohttp import web

from server.payments.sandbox.bank import Bank
from server.payments.sandbox.http import build
from server.payments.sandbox.store import Store
from server.payments.sandbox.webhooks import Sender


async def serve(asked: argparse.Namespace) -> None:
    store = Store(asked.folder / "sandbox.sqlite3")
    sender = Sender(store, asked.webhook_url, os.environ["SANDBOX_WEBHOOK_SECRET"])
    bank = Bank(store, time.time, sender.wake)
    keys = os.environ["SANDBOX_SECRET_KEY"], os.environ["SANDBOX_PUBLISHABLE_KEY"]
    runner = web.AppRunner(build(bank, *keys))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", asked.port).start()
    print(json.dumps({"ready": {"base": f"http://127.0.0.1:{runner.addresses[0][1]}"}}), flush=True)
    sending = asyncio.create_task(sender.run())
    try:
        await asyncio.to_thread(sys.stdin.read)  # until whoever started us is gone
    finally:
        sending.cancel()
        await runner.cleanup()
        store.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--webhook-url", default="")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
