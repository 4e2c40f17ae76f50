"""People pay for seats at two servers, and give some back, while servers are killed and the provider's
answers and events are lost, told twice and late. In the end nobody has paid without a seat or a refund,
nothing was given back twice, and the provider has what the books say.

Needs postgresql and redis-server. `--strokes N` of bad luck strike; `--seed N` repeats a run."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import aiohttp

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from config.settings import Settings  # noqa: E402
from server.infra import clock, db  # noqa: E402
from server.notifications.acquaintances import introduce  # noqa: E402
from server.notifications.post import open_post_office  # noqa: E402
from server.notifications.push.office import open_push  # noqa: E402
from server.payments.gateway.client import Gateway  # noqa: E402
from server.payments.gateway.current import sandbox_folder, using  # noqa: E402
from server.people.privacy import visible  # noqa: E402
from tests.databases import DURABLE, postgres  # noqa: E402
from tests.redis import server as redis_server  # noqa: E402
from tests.server.booking.makers import payments  # noqa: E402
from tests.server.booking.market import running as running_servers  # noqa: E402
from tests.server.classroom.town import settled_town  # noqa: E402
from tests.server.infra.restarts import fresh_database  # noqa: E402
from tests.server.payments.endings import come_to_end, wrongs  # noqa: E402
from tests.server.payments.provider import Provider, running  # noqa: E402
from tests.server.payments.rush import CURRENCY, Rush, rush, use_test_keys  # noqa: E402
from tests.server.payments.sandbox import SECRET_KEY  # noqa: E402

BETWEEN_S = 4.0


async def run(asked: argparse.Namespace) -> bool:
    """Returns whether everything is as it must be."""
    since = datetime.now(UTC) - timedelta(seconds=1)
    with (
        tempfile.TemporaryDirectory(prefix="peerlearn-soak-") as name,
        postgres(options=DURABLE) as database,
        redis_server() as redis,
        payments(),
    ):
        use_test_keys(Path(name))
        settings = await fresh_database(Path(name), database)
        try:
            async with settled_town(settings, redis) as town:
                await town.start()
                await town.start()
                sizes = {"buyers": asked.buyers, "sessions": asked.sessions, "seed": asked.seed}
                async with rush(town, **sizes) as found:
                    await _strike(found, asked.strokes, Random(asked.seed))
                    broken = await found.broken_promises()
            broken += await _settle(settings, since)
        finally:
            await db.close_database()
    print("\n".join(broken) or "Nobody paid without a seat or a refund; the books are the provider's.")
    return not broken


async def _strike(found: Rush, strokes: int, chance: Random) -> None:
    begun = time.monotonic()
    for number in range(strokes):
        await found.break_provider()
        await found.trade(BETWEEN_S)
        await chance.choice(running_servers(found.town)).kill()
        await found.town.start()
        print(f"stroke {number + 1}: {dict(_answers(found))}", flush=True)
    await found.trade(BETWEEN_S)
    await found.stop()
    print(f"{strokes} kills in {time.monotonic() - begun:.0f} s: {dict(_answers(found))}", flush=True)


def _answers(found: Rush) -> Counter[str]:
    return sum((buyer.answers for buyer in found.buyers), Counter())


async def _settle(settings: Settings, since: datetime) -> list[str]:
    """The servers are gone; what they left is brought to its end here, with what the provider kept."""
    open_post_office(settings)
    open_push(settings)
    introduce(visible)
    moved = clock.ManualClock(datetime.now(UTC))
    with running(sandbox_folder(settings.data_dir)) as base, clock.replaced(moved):
        async with aiohttp.ClientSession() as http:
            gateway = Gateway(SECRET_KEY, http, lambda: base)
            with using(gateway):
                provider = Provider(base, gateway, http)
                await come_to_end(provider, since, moved)
                return await wrongs(provider, CURRENCY)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--buyers", type=int, default=40)
    parser.add_argument("--sessions", type=int, default=12)
    parser.add_argument("--strokes", type=int, default=12)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    asked = parser.parse_args()
    print(f"seed {asked.seed}", flush=True)
    sys.exit(0 if asyncio.run(run(asked)) else 1)


if __name__ == "__main__":
    main()
