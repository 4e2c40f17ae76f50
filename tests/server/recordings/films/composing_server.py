"""A server that runs what is due in the outbox, until its test kills it."""

from __future__ import annotations

import asyncio
import os

from config.settings import load_settings
from server import worker
from server.infra.db import close_database, open_database
from server.recordings.lifespan import open_depot


async def main() -> None:
    settings = load_settings(os.environ)
    worker.load_jobs()
    await open_database(settings)
    try:
        async with open_depot(settings):
            await worker.run_due()
    finally:
        await close_database()


if __name__ == "__main__":
    asyncio.run(main())
