"""Payments, refunds, disputes, releases and payouts in many random orders, with answers lost and events
told again: the books are asked after each step, and the provider's balance at the end of each story.

`--stories N` of `--steps N` each; what goes wrong is told as the shortest story that still does."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from config.settings import load_settings  # noqa: E402
from server.infra import db, schema  # noqa: E402
from tests.server.payments.history import History  # noqa: E402
from tests.server.payments.provider import running  # noqa: E402


async def make_template(folder: Path) -> Path:
    """An empty database with all tables."""
    await db.open_database(load_settings({"PEERLEARN_DATA_DIR": str(folder)}))
    await schema.create_all()
    await db.close_database()
    return folder / "peerlearn.sqlite3"


def tell(stories: int, steps: int, folder: Path) -> None:
    made = asyncio.run(make_template(folder / "template"))
    with running(folder / "provider") as listening:

        class Told(History):
            template, base = made, listening

        long = settings(
            max_examples=stories,
            stateful_step_count=steps,
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
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tell(asked.stories, asked.steps, Path(folder))
    print(f"{asked.stories} stories, and the books were true after each step")


if __name__ == "__main__":
    main()
