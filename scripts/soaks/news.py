"""How long it takes until somebody at one server process sees what they did at another: two processes
with a Redis between them, from the request to the frame on the socket.

Of two things: that something was read, and a message of somebody else. Needs redis-server. `--times N`
measures each so often."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import aiohttp

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from config.settings import load_settings  # noqa: E402
from server.infra import db, schema  # noqa: E402
from server.notifications import telling  # noqa: E402
from server.notifications.acquaintances import introduce  # noqa: E402
from server.notifications.models import Notification  # noqa: E402
from server.notifications.post import open_post_office  # noqa: E402
from server.notifications.values import Telling  # noqa: E402
from server.people.privacy import visible  # noqa: E402
from server.worker import load_jobs  # noqa: E402
from tests.factories import person  # noqa: E402
from tests.redis import server as redis_server  # noqa: E402
from tests.server.booking.makers import bearer  # noqa: E402
from tests.server.classroom.town import Town, settled_town  # noqa: E402

LIMIT_S = 0.2  # at the 99th percentile
FROM_EACH = 50  # messages: nobody may write more than 60 in a minute


async def run(times: int) -> bool:
    """Print the figures; returns whether they are within the limit."""
    with tempfile.TemporaryDirectory(prefix="peerlearn-soak-") as folder, redis_server() as redis:
        url = f"sqlite://{folder}/peerlearn.sqlite3"
        settings = replace(load_settings(), data_dir=Path(folder), database_url=url)
        await schema.migrate(settings)
        await db.open_database(settings)
        load_jobs()
        open_post_office(settings)
        introduce(visible)
        async with settled_town(settings, redis) as town:
            await asyncio.gather(town.start(), town.start())
            kept = [
                within("read", await marks(town, times)),
                within("message", await messages(town, times)),
            ]
        await db.close_database()
    return all(kept)


def within(what: str, took: list[float]) -> bool:
    took.sort()
    p50, p99 = took[len(took) // 2], took[int(len(took) * 0.99)]
    print(
        f"{what}, {len(took)} times: p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms, "
        f"{took[-1] * 1000:.1f} at most"
    )
    return p99 <= LIMIT_S


async def marks(town: Town, times: int) -> list[float]:
    """Mark one notification after the other as read at the first, and hear of it at the second."""
    first, second = town.servers
    for number in range(times):
        about = {"follower": "Lea"}
        await telling.tell(Telling(town.mentor.user_id, "new_follower", about, str(number), "/"))
    ids = await Notification.filter(user_id=town.mentor.user_id).values_list("public_id", flat=True)
    headers = await bearer(town.mentor)
    async with aiohttp.ClientSession(headers=headers) as http:
        there = f"http://127.0.0.1:{second.port}/ws/notifications/"
        async with http.ws_connect(there) as socket:
            await socket.receive()
            return [await mark(http, socket, first.port, str(each)) for each in ids[:times]]


async def mark(
    http: aiohttp.ClientSession, socket: aiohttp.ClientWebSocketResponse, port: int, marked: str
) -> float:
    begun = time.monotonic()
    address = f"http://127.0.0.1:{port}/api/v1/notifications/read"
    async with http.post(address, json={"ids": [marked]}) as answer:
        assert answer.status == 200, await answer.text()
        async with asyncio.timeout(10):
            assert (await socket.receive_json())["type"] == "unread"
    return time.monotonic() - begun


async def messages(town: Town, times: int) -> list[float]:
    """Write one message after the other at the first, and hear it at the second."""
    first, second = town.servers
    heard = f"http://127.0.0.1:{second.port}/ws/notifications/"
    written = f"http://127.0.0.1:{first.port}/api/v1/conversations/{town.mentor.username}/messages"
    took: list[float] = []
    own = await bearer(town.mentor)
    async with aiohttp.ClientSession() as http, http.ws_connect(heard, headers=own) as socket:
        await socket.receive()
        for number in range(times):
            if number % FROM_EACH == 0:
                headers = await bearer(await person(f"writer{number}"))
            took.append(await write(http, socket, written, headers, f"No {number}"))
    return took


async def write(
    http: aiohttp.ClientSession,
    socket: aiohttp.ClientWebSocketResponse,
    address: str,
    headers: dict[str, str],
    text: str,
) -> float:
    begun = time.monotonic()
    async with http.post(address, json={"text": text}, headers=headers) as answer:
        assert answer.status == 201, await answer.text()
        async with asyncio.timeout(10):
            while (await socket.receive_json()).get("message", {}).get("text") != text:
                pass
    return time.monotonic() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=300)
    sys.exit(0 if asyncio.run(run(parser.parse_args().times)) else 1)


if __name__ == "__main__":
    main()
