"""A lesson file of a gigabyte is played and downloaded: whole, in a hundred random parts, by players that
hang up when they have enough, resumed wherever it broke off, and by many who read nothing at all.

Every byte is compared, and the memory of the server is watched. Fails when a byte is wrong, when the
server grows by more than `--growth` MB while it streams, or by more than `--slow-growth` kB for each
client that stands still. `--size N` MB; `--seed N` repeats the parts of a run."""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import mmap
import random
import secrets
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import aiohttp  # noqa: E402

from config.settings import load_settings  # noqa: E402
from server.booking.models import Session  # noqa: E402
from server.infra import clock, db, schema  # noqa: E402
from server.recordings.films.service import keys_of_attempt  # noqa: E402
from server.recordings.models import LessonFile, Recording  # noqa: E402
from tests.e2e.platform import Platform  # noqa: E402
from tests.server.booking import makers  # noqa: E402

MB = 1024 * 1024
PARTS = 100
LARGEST_PART = 8 * MB
ENOUGH = 256 * 1024  # after which a player hangs up and asks for another place
BREAKS = 10
STANDING_STILL = 50  # clients
WATCH_S = 0.05


@dataclass
class Watch:
    """The server's memory, looked at all the time. kB, resident."""

    pid: int
    most: int = 0

    def now(self) -> int:
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return int(next(line.split()[1] for line in lines if line.startswith("VmRSS:")))

    async def run(self) -> None:
        while True:
            self.most = max(self.most, self.now())
            await asyncio.sleep(WATCH_S)


@dataclass
class Film:
    """What lies in the storage, and how it is asked for."""

    path: Path
    url: str
    headers: dict[str, str]
    sha256: str
    content: mmap.mmap = field(init=False)

    def __post_init__(self) -> None:
        with self.path.open("rb") as file:
            self.content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    @property
    def size(self) -> int:
        return len(self.content)


# --- a server with a film


def write_film(path: Path, size: int, chance: random.Random) -> str:
    """Bytes that are nowhere the same. Gives their checksum."""
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for _ in range(size // MB):
            block = chance.randbytes(MB)
            digest.update(block)
            file.write(block)
    return digest.hexdigest()


async def set_up(folder: Path, size: int, chance: random.Random) -> tuple[str, Path, str, dict[str, str]]:
    """A lesson that is over, its film, and its mentor's login."""
    settings = load_settings({"PEERLEARN_DATA_DIR": str(folder)})
    await schema.migrate(settings)
    await db.open_database(settings)
    try:
        mentor = await makers.mentor("streamer")
        session, recording, now = await makers.published(mentor), uuid4(), clock.now()
        await Session.filter(id=session).update(status="ended")
        await Recording.create(
            id=recording, session_id=session, state="ready", origin_at=now, finished_at=now
        )
        key = keys_of_attempt(recording, 1)[0]
        path = folder / "storage" / key
        sha256 = await asyncio.to_thread(write_film, path, size, chance)
        await LessonFile.create(
            recording_id=recording,
            state="ready",
            attempts=1,
            queued_at=now,
            ready_at=now,
            media_type="video/mp4",
            storage_key=key,
            size=size,
            sha256=sha256,
            duration_ms=3_600_000,
        )
        return f"/api/v1/recordings/{recording}/file", path, sha256, await makers.bearer(mentor)
    finally:
        await db.close_database()


@asynccontextmanager
async def streaming(size: int, chance: random.Random) -> AsyncIterator[tuple[Film, Watch]]:
    with tempfile.TemporaryDirectory(prefix="peerlearn-stream-") as name:
        folder = Path(name)
        address, path, sha256, headers = await set_up(folder, size, chance)
        platform = Platform(folder)
        await platform.start()
        try:
            yield Film(path, platform.base + address, headers, sha256), Watch(platform.pid)
        finally:
            await platform.stop()


# --- those who ask for it


async def whole(http: aiohttp.ClientSession, film: Film) -> None:
    digest, began = hashlib.sha256(), time.monotonic()
    async with http.get(film.url) as answer:
        assert answer.status == 200, answer.status
        async for piece in answer.content.iter_any():
            digest.update(piece)
    assert digest.hexdigest() == film.sha256
    took = time.monotonic() - began
    print(f"whole: {film.size / MB:.0f} MB in {took:.1f} s, {film.size / MB / took:.0f} MB/s")


async def parts(http: aiohttp.ClientSession, film: Film, chance: random.Random) -> None:
    began, delays = time.monotonic(), []
    for _ in range(PARTS):
        first = chance.randrange(film.size)
        end = min(film.size, first + chance.randint(1, LARGEST_PART))
        asked = time.monotonic()
        async with http.get(film.url, headers={"Range": f"bytes={first}-{end - 1}"}) as answer:
            assert answer.status == 206, answer.status
            delays.append(time.monotonic() - asked)
            assert await answer.read() == film.content[first:end]
    delays.sort()
    took = time.monotonic() - began
    print(
        f"{PARTS} random parts: {took:.1f} s; to the headers {1000 * delays[PARTS // 2]:.0f} ms, "
        f"p95 {1000 * delays[95 * PARTS // 100]:.0f} ms"
    )


async def seeks(http: aiohttp.ClientSession, film: Film, chance: random.Random) -> None:
    """As a player does: from here to the end, and then it hangs up."""
    for _ in range(PARTS):
        first = chance.randrange(film.size - ENOUGH)
        async with http.get(film.url, headers={"Range": f"bytes={first}-"}) as answer:
            assert answer.status == 206, answer.status
            assert await answer.content.readexactly(ENOUGH) == film.content[first : first + ENOUGH]
            answer.close()
    print(f"{PARTS} seeks to the end of the file, each left after {ENOUGH // 1024} kB")


async def resumed(http: aiohttp.ClientSession, film: Film, chance: random.Random) -> None:
    digest, have, tag = hashlib.sha256(), 0, ""
    cuts = sorted(chance.randrange(1, film.size) for _ in range(BREAKS))
    for cut in [*cuts, film.size]:
        headers = {"Range": f"bytes={have}-", "If-Range": tag} if tag else {}
        async with http.get(film.url, headers=headers) as answer:
            assert answer.status == (206 if tag else 200), answer.status
            tag = answer.headers["ETag"]
            while have < cut:
                piece = await answer.content.read(cut - have)
                digest.update(piece)
                have += len(piece)
            answer.close()
    assert digest.hexdigest() == film.sha256
    print(f"a download that broke off {BREAKS} times and was resumed: the same bytes")


async def standing_still(http: aiohttp.ClientSession, film: Film, watch: Watch) -> float:
    """Clients that read nothing after the headers. Gives the kB that each costs the server."""
    before = watch.now()
    async with AsyncExitStack() as stack:
        for _ in range(STANDING_STILL):
            await stack.enter_async_context(http.get(film.url, headers={"Range": "bytes=0-"}))
        async with http.get(film.url, headers={"Range": "bytes=0-9"}) as answer:
            assert await answer.read() == film.content[:10]  # others are served meanwhile
        await asyncio.sleep(3)  # for as much as it would pile up
        each = (watch.now() - before) / STANDING_STILL
    print(f"{STANDING_STILL} clients that stand still: {each:.0f} kB each")
    return each


# --- the run


async def run(size: int, growth: int, slow_growth: int, seed: int) -> bool:
    chance = random.Random(seed)
    timeout = aiohttp.ClientTimeout(total=None, sock_read=60)
    async with streaming(size, chance) as (film, watch):
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(
            headers=film.headers, timeout=timeout, connector=connector
        ) as http:
            for first in range(5):  # what the server loads once is none of the film's
                async with http.get(film.url, headers={"Range": f"bytes={first}-{MB}"}) as answer:
                    await answer.read()
            before = watch.now()
            watching = asyncio.create_task(watch.run())
            await whole(http, film)
            await parts(http, film, chance)
            await seeks(http, film, chance)
            await resumed(http, film, chance)
            grew = (watch.most - before) / 1024
            print(f"the server grew by {grew:.1f} MB at most, from {before / 1024:.0f} MB")
            each = await standing_still(http, film, watch)
            watching.cancel()
    return grew <= growth and each <= slow_growth


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1024, help="MB")
    parser.add_argument("--growth", type=int, default=16, help="MB, at most")
    parser.add_argument("--slow-growth", type=int, default=1024, help="kB for each client, at most")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    told = parser.parse_args()
    print(f"seed {told.seed}")
    held = asyncio.run(run(told.size * MB, told.growth, told.slow_growth, told.seed))
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
