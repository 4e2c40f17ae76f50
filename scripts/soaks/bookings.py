"""Many people book and give back seats at two servers while servers are killed and PostgreSQL restarts:
every acknowledged booking is there in the end, and seats, bookings and time add up at every moment.

Needs postgresql and redis-server. `--strokes N` of bad luck strike; `--seed N` repeats a run."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sys
import tempfile
import time
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from server.infra import db  # noqa: E402
from tests.databases import DURABLE, postgres  # noqa: E402
from tests.redis import server as redis_server  # noqa: E402
from tests.server.booking.market import Market, market  # noqa: E402
from tests.server.classroom.town import settled_town  # noqa: E402
from tests.server.infra.restarts import fresh_database  # noqa: E402

BETWEEN_S = 4.0


async def run(asked: argparse.Namespace) -> bool:
    """Returns whether all promises were kept."""
    with (
        tempfile.TemporaryDirectory(prefix="peerlearn-soak-") as folder,
        postgres(options=DURABLE) as database,
        redis_server() as redis,
    ):
        settings = await fresh_database(Path(folder), database)
        try:
            async with settled_town(settings, redis) as town:
                await asyncio.gather(town.start(), town.start())
                sizes = {"customers": asked.customers, "sessions": asked.sessions, "seed": asked.seed}
                async with market(town, database, **sizes) as found:
                    return await _strike(found, asked.strokes, Random(asked.seed))
        finally:
            await db.close_database()


async def _strike(found: Market, strokes: int, chance: Random) -> bool:
    begun = time.monotonic()
    for number in range(strokes):
        await found.trade(BETWEEN_S)
        if chance.random() < 0.5:
            await found.kill_a_server(chance)
        else:
            await found.restart_database(crash=chance.random() < 0.5)
        print(f"stroke {number + 1}: {dict(found.answers())}", flush=True)
    await found.trade(BETWEEN_S)
    await found.stop()
    broken = await found.broken_promises()
    seconds = time.monotonic() - begun
    print(f"{strokes} strokes in {seconds:.0f} s: {dict(found.answers())}, {found.auditor.looks} looks")
    print("\n".join(broken) or "Nothing is lost, nothing was sold twice, everything added up.")
    return not broken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=200)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--strokes", type=int, default=20)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    asked = parser.parse_args()
    print(f"seed {asked.seed}", flush=True)
    sys.exit(0 if asyncio.run(run(asked)) else 1)


if __name__ == "__main__":
    main()
