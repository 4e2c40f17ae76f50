"""PostgreSQL and Redis restart again and again below two busy servers: how long errors last, and whether
everything that people were promised is there.

Needs postgresql and redis-server. `--rounds N` restarts each of them N times in each manner."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.server.infra.restarts import RESTARTS, Outage, set_up  # noqa: E402

ROW = "| {:<20} | {:>6} | {:>8} | {:>8} | {:>7} | {:>6} |"


async def run(rounds: int) -> bool:
    """Print a row for each restart; returns whether all promises were kept."""
    print(ROW.format("what", "away s", "failures", "errors s", "dropped", "back s"), flush=True)
    with tempfile.TemporaryDirectory(prefix="peerlearn-soak-") as folder:
        async with set_up(Path(folder), rooms=3, people=4, offers=100 * rounds) as scene:
            for _ in range(rounds):
                for what in RESTARTS:
                    show(await scene.outage(what))
            people = scene.crowd
            await people.stop()
            broken = await people.broken_promises()
            print(f"{people.diary.answers} answers, {people.lines} lines, {people.seats} seats promised")
    print("\n".join(broken) or "Nothing is lost, nothing came twice, nobody changed seats.")
    return not broken


def show(outage: Outage) -> None:
    times = (f"{outage.away_s:.1f}", f"{outage.errors_s:.1f}", f"{outage.back_s:.1f}")
    print(
        ROW.format(outage.what, times[0], outage.failures, times[1], outage.dropped, times[2]), flush=True
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    sys.exit(0 if asyncio.run(run(parser.parse_args().rounds)) else 1)


if __name__ == "__main__":
    main()
