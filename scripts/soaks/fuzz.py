"""20,000 requests that nobody meant to send: no 5xx, always the envelope, always a request id.

`--requests N` sends more or fewer, `--seed N` repeats a run; without it each run draws its own."""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    asked = parser.parse_args()
    print(f"{asked.requests} requests, seed {asked.seed}", flush=True)
    os.environ["PEERLEARN_FUZZ_REQUESTS"] = str(asked.requests)
    os.environ["PEERLEARN_FUZZ_SEED"] = str(asked.seed)
    os.chdir(ROOT)
    shown = ["-q", "-s", "--tb=short"]
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *shown, "tests/server/fuzz"])


if __name__ == "__main__":
    main()
