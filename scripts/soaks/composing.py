"""A lesson of three people and a screen is composed: how long it takes a core, and how much memory.

Then a long lesson of one person whose sound card runs 100 ppm fast, who flashes and beeps every ten
seconds: how far the two are from each other and from their places, to the end. Fails when composing needs
more processor time than the lesson lasts, more memory than `--memory`, or when a beep is over 40 ms off
its flash."""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from server.recordings.composing.job import Composed, Job  # noqa: E402
from server.recordings.composing.running import Progress, compose  # noqa: E402
from tests.server.recordings.composing import watching  # noqa: E402
from tests.server.recordings.composing.long_lesson import Marked, marked_lesson, write_lesson  # noqa: E402

LIPS_MS = 40.0
DRIFT = 1e-4


async def timed(name: str, job: Job) -> tuple[Composed, float, int]:
    """Compose, and say what it cost: (the film, its lesson's length over processor time, MB)."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    made = await compose(job, note)
    after, took = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - began
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    lasts, memory = job.total_ms / 1000, after.ru_maxrss // 1024
    print(
        f"{name}: {lasts / 60:.0f} min in {cpu:.1f} s of a core ({lasts / cpu:.1f} times as fast), "
        f"{took:.1f} s by the clock at load {os.getloadavg()[0]:.1f}; at most {memory} MB, "
        f"a film of {made.film.stat().st_size / 1e6:.1f} MB"
    )
    return made, lasts / cpu, memory


async def note(progress: Progress) -> None:
    print(f"\r{progress.done_ms / progress.total_ms:4.0%}", end="\r", file=sys.stderr)


def farthest(film: Path, marked: Marked) -> float:
    """The most milliseconds of a flash or a beep from its place, or between the two."""
    flashes, beeps = watching.flashes(film), watching.beeps(film)
    if not len(flashes) == len(beeps) == len(marked.flashes):
        raise SystemExit(f"{len(flashes)} flashes and {len(beeps)} beeps of {len(marked.flashes)}")
    seen = [found - at for found, at in zip(flashes, marked.flashes, strict=True)]
    heard = [found - at for found, at in zip(beeps, marked.beeps, strict=True)]
    print(f"sound after picture: {heard[0] - seen[0]:.1f} ms at the first mark, ", end="")
    print(f"{heard[-1] - seen[-1]:.1f} ms at the last")
    apart = [ear - eye for ear, eye in zip(heard, seen, strict=True)]
    return max(abs(far) for far in (*seen, *heard, *apart))


async def run(minutes: int, drifting: int, memory: int) -> int:
    with tempfile.TemporaryDirectory(prefix="composing-soak-") as folder:
        lesson, marked = Path(folder) / "lesson", Path(folder) / "marked"
        lesson.mkdir(), marked.mkdir()
        _, speed, used = await timed("three and a screen", write_lesson(lesson, minutes * 60_000))
        tape = marked_lesson(marked, drifting * 60_000, drift=DRIFT)
        made, _, _ = await timed("flashes and beeps", tape.job)
        far = farthest(made.film, tape)
    print(f"at most {far:.1f} ms off over {drifting} min with a card that is 100 ppm fast")
    return 0 if speed >= 1 and used <= memory and far <= LIPS_MS else 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=10)
    parser.add_argument("--drifting", type=int, default=30, help="minutes of the flashing lesson")
    parser.add_argument("--memory", type=int, default=300, help="MB, at most")
    told = parser.parse_args()
    sys.exit(asyncio.run(run(told.minutes, told.drifting, told.memory)))


if __name__ == "__main__":
    main()
