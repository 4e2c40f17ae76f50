"""A thousand mails to a server that flaps, by workers that are killed (kill -9): none is lost, and one
that goes out twice has the same Message-ID, no oftener than workers died. Each stands in the centre once,
though it was told twice, and nothing was told of changes that were undone.

`--mails N`, `--kills N`; `--seed N` repeats the moments of a run; `--database sqlite|postgres|both`."""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import secrets
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from aiohttp.test_utils import unused_port  # noqa: E402
from aiosmtpd.controller import Controller  # noqa: E402

from config.settings import Settings, load_settings  # noqa: E402
from server import worker  # noqa: E402
from server.infra import db, outbox, schema  # noqa: E402
from server.infra.models import OutboxRow  # noqa: E402
from server.notifications.acquaintances import introduce  # noqa: E402
from server.notifications.models import Notification  # noqa: E402
from server.notifications.post import open_post_office  # noqa: E402
from server.notifications.service import notify  # noqa: E402
from server.people.privacy import visible  # noqa: E402
from server.worker import Worker, load_jobs  # noqa: E402
from tests.databases import DURABLE, KINDS, postgres  # noqa: E402
from tests.factories import person  # noqa: E402

LEASE = timedelta(seconds=2)  # so soon another worker takes up what a killed one had
LIFE_S = (0.5, 2.0)  # of a worker, from its first mail on
BACKOFF_S = 0.2  # of what is tried again
REFUSED, HUNG_UP = 0.15, 0.05  # of all mails: told to come back later, cut off before the answer
THERE_S, AWAY_S = (2.0, 4.0), (0.2, 1.5)  # how long the mail server is there, and gone, at a time
LOOK_S = 0.05
WITHIN_S = 1800.0
UNDONE = 10  # so many changes for each that is undone
START = datetime(2030, 1, 1, 12, tzinfo=UTC)


class Undone(Exception):
    """The change that was to be told did not happen."""


@dataclass(eq=False)
class MailServer:
    """Keeps what it has said yes to; says "later", hangs up, and goes away for a while."""

    chance: random.Random
    taken: Counter[str] = field(default_factory=Counter)  # by Message-ID
    subjects: set[str] = field(default_factory=set)
    flaps: int = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        luck = self.chance.random()
        if luck < REFUSED:
            return "451 4.7.1 come back later"
        if luck < REFUSED + HUNG_UP:
            server.transport.abort()
            return "421 gone"
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.taken[message["Message-ID"]] += 1
        if str(message["Subject"]).startswith("Your seat: "):
            self.subjects.add(str(message["Subject"]))
        return "250 kept"

    async def flap(self, port: int) -> None:
        """Be there, be away, until cancelled."""
        while True:
            controller = Controller(self, hostname="127.0.0.1", port=port)  # type: ignore[arg-type]
            controller.start()
            try:
                await asyncio.sleep(self.chance.uniform(*THERE_S))
            finally:
                controller.stop()
            self.flaps += 1
            await asyncio.sleep(self.chance.uniform(*AWAY_S))


@contextmanager
def database(kind: str) -> Iterator[dict[str, str]]:
    """What the environment says of an empty database of this kind."""
    with tempfile.TemporaryDirectory(prefix="peerlearn-soak-") as folder:
        environ = {"PEERLEARN_DATA_DIR": folder}
        if kind == "sqlite":
            yield environ
            return
        with postgres(options=DURABLE) as server:
            yield {**environ, "PEERLEARN_DATABASE_URL": server.url}


async def work() -> None:
    """One worker, until it is killed."""
    outbox.LEASE, outbox.BACKOFF_BASE_S, outbox.BACKOFF_MAX_S = LEASE, BACKOFF_S, 2.0
    worker.RENEW_S = LEASE.total_seconds() / 3
    outbox.MAX_ATTEMPTS = 1000  # what is measured is loss, not patience
    settings = load_settings(os.environ)
    load_jobs()
    await db.open_database(settings)
    open_post_office(settings)
    introduce(visible)
    await Worker().run()


async def left() -> int:
    return await OutboxRow.filter(done_at__isnull=True, job__startswith="notifications.").count()


async def until_fewer(than: int) -> None:
    """Wait for what other processes write into the database; there is nothing below none."""
    while True:
        if await left() < max(than, 1):
            return
        await asyncio.sleep(LOOK_S)


async def tell_all(mails: int) -> None:
    """So many things, each told twice to one person; each has a subject of its own."""
    lea = await person("lea")

    @db.transactional
    async def unit(title: str, *, undone: bool = False) -> None:
        about = {"title": title, "mentor": "Mira", "starts_at": START, "ends_at": START}
        await notify(lea.user_id, "booking_confirmed", about, path="/sessions/1", dedupe_key=title)
        if undone:
            raise Undone

    for number in range(mails):
        for _ in range(2):
            await unit(f"No {number}")
        if number % UNDONE == 0:
            with suppress(Undone):
                await unit(f"Undone {number}", undone=True)


async def kill_workers(environ: dict[str, str], kills: int, chance: random.Random) -> int:
    """Workers live for a moment, one after the other; the last finishes. Gives how many were killed."""
    killed = 0
    while True:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            __file__,
            "--work",
            env={**os.environ, **environ},
            cwd=ROOT,
            stdout=DEVNULL,
            stderr=DEVNULL,
        )
        try:
            before = await left()
            await until_fewer(before)
            if killed < kills and before:
                await asyncio.sleep(chance.uniform(*LIFE_S))
            else:
                await until_fewer(1)
                return killed
            killed += bool(await left())
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def run(environ: dict[str, str], mails: int, kills: int, seed: int) -> bool:
    """Returns whether what must hold did."""
    chance, begun = random.Random(seed), time.monotonic()
    server = MailServer(random.Random(seed + 1))
    port = unused_port()
    environ = {**environ, "PEERLEARN_SMTP_URL": f"smtp://127.0.0.1:{port}"}
    settings: Settings = load_settings(environ)
    await schema.migrate(settings)
    await db.open_database(settings)
    flapping = asyncio.create_task(server.flap(port))
    try:
        async with asyncio.timeout(WITHIN_S):
            await tell_all(mails)
            killed = await kill_workers(environ, kills, chance)
        shown = Counter(await Notification.all().values_list("dedupe_key", flat=True))
    finally:
        flapping.cancel()
        await asyncio.gather(flapping, return_exceptions=True)
        await db.close_database()
    twice = sum(count - 1 for count in server.taken.values())
    lost = mails - len(server.subjects)
    undone = sum("Undone" in said for said in (*server.subjects, *shown))
    print(
        f"{mails} mails, {killed} kills, {server.flaps} times away: {lost} lost, {twice} went out again, "
        f"{len(server.taken)} Message-IDs; {shown.total()} in the centre, {len(shown)} different, "
        f"{undone} of what was undone; {time.monotonic() - begun:.0f} s"
    )
    once = shown.total() == len(shown) == mails
    return not lost and not undone and once and twice <= killed <= kills


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--database", choices=(*KINDS, "both"), default="both")
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.work:
        asyncio.run(work())
        return
    kept = []
    for kind in KINDS if asked.database == "both" else (asked.database,):
        print(f"{kind}, seed {asked.seed}: ", end="", flush=True)
        with database(kind) as environ:
            kept.append(asyncio.run(run(environ, asked.mails, asked.kills, asked.seed)))
    sys.exit(0 if all(kept) else 1)


if __name__ == "__main__":
    main()
