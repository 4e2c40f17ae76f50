"""Payments, refunds, disputes, releases and payouts in many random orders, with answers lost and events
told again and at once: the books are asked after each step, and the provider's balance at the end of each
story.

`--stories N` of `--steps N` each, in `--currency` EUR, JPY or KWD, on `--database` sqlite or postgres.
What goes wrong is told as the shortest story that still does."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import structlog
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from config.settings import load_settings  # noqa: E402
from server.infra import db, schema  # noqa: E402
from tests.databases import cluster  # noqa: E402
from tests.server.payments.history import History  # noqa: E402
from tests.server.payments.provider import running  # noqa: E402
from tests.server.payments.stage import PRICES, in_cluster, in_files  # noqa: E402

Fresh = Callable[[Path], AbstractContextManager[str]]


@contextmanager
def databases(kind: str, folder: Path) -> Iterator[Fresh]:
    """Gives what makes a database of that kind, with all tables and no rows."""
    if kind == "sqlite":
        asyncio.run(make_tables(folder))
        yield in_files(folder / "peerlearn.sqlite3")
        return
    with cluster() as found:
        asyncio.run(found.run("DROP DATABASE IF EXISTS template_peerlearn"))
        asyncio.run(found.run("CREATE DATABASE template_peerlearn"))
        asyncio.run(make_tables(folder, found.url_of("template_peerlearn")))
        yield in_cluster(found)


async def make_tables(folder: Path, url: str = "") -> None:
    await db.open_database(
        load_settings({"PEERLEARN_DATA_DIR": str(folder), "PEERLEARN_DATABASE_URL": url})
    )
    await schema.create_all()
    await db.close_database()


def tell(asked: argparse.Namespace, folder: Path) -> None:
    with (
        databases(asked.database, folder / "template") as made,
        running(folder / "provider") as listening,
    ):

        class Told(History):
            fresh, base, currency = staticmethod(made), listening, asked.currency

        long = settings(
            max_examples=asked.stories,
            stateful_step_count=asked.steps,
            deadline=None,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        )
        run_state_machine_as_test(Told, settings=long)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=int, default=500)
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--currency", choices=sorted(PRICES), default="EUR")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    asked = parser.parse_args()
    # answers that are lost are what it is about: nobody reads of each
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory() as folder:
        tell(asked, Path(folder))
    print(f"{asked.stories} stories, and the books were true after each step")


if __name__ == "__main__":
    main()
