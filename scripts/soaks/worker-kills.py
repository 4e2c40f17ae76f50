"""Workers are killed (kill -9) again and again in the middle of a row of jobs, on both databases: every
job has had its effect in the end, none is left over.

`--kills N` workers die on each database; `--seed N` repeats the moments of a run."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from config.settings import Settings, load_settings  # noqa: E402
from server.infra import db, schema  # noqa: E402
from server.infra.models import OutboxRow, StateTransition  # noqa: E402
from tests.databases import DURABLE, KINDS, postgres  # noqa: E402
from tests.server.infra import mortal  # noqa: E402

JOBS = 60  # in one row


@contextmanager
def database(kind: str) -> Iterator[Settings]:
    """Settings of an empty database of this kind."""
    with tempfile.TemporaryDirectory(prefix="peerlearn-soak-") as folder:
        environ = {"PEERLEARN_DATA_DIR": folder}
        if kind == "sqlite":
            yield load_settings(environ)
            return
        with postgres(options=DURABLE) as server:
            yield load_settings({**environ, "PEERLEARN_DATABASE_URL": server.url})


async def run(settings: Settings, kills: int, seed: int) -> bool:
    """Returns whether nothing was lost."""
    await schema.migrate(settings)
    await db.open_database(settings)
    begun = time.monotonic()
    try:
        mortal.WITHIN_S = 60.0 + 6.0 * kills
        jobs = await mortal.kill_workers(settings, jobs=JOBS, kills=kills, seed=seed)
        lost = set(range(jobs)) - await mortal.effects()
        left = await OutboxRow.filter(job=mortal.JOB, done_at__isnull=True).count()
        twice = await StateTransition.filter(entity=mortal.JOB).count() - (jobs - len(lost))
    finally:
        await db.close_database()
    seconds = time.monotonic() - begun
    print(
        f"{kills} kills, {jobs} jobs: {len(lost)} lost, {left} left, {twice} ran again; {seconds:.0f} s"
    )
    return not lost and not left


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    asked = parser.parse_args()
    kept = []
    for kind in KINDS:
        print(f"{kind}, seed {asked.seed}: ", end="", flush=True)
        with database(kind) as settings:
            kept.append(asyncio.run(run(settings, asked.kills, asked.seed)))
    sys.exit(0 if all(kept) else 1)


if __name__ == "__main__":
    main()
