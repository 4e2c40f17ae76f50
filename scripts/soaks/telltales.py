"""Whether the time of an answer tells that an account exists: 200 pairs of a known and an unknown one.

Logging in, registering by the API and step by step, taking another address, asking for a new password and
for the verification mail; the medians may be 20 ms apart. `--pairs N` takes more or fewer."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=200)
    os.environ["PEERLEARN_TELLTALE_PAIRS"] = str(parser.parse_args().pairs)
    os.chdir(ROOT)
    tests = "tests/server/accounts/test_telltales.py"
    os.execv(sys.executable, [sys.executable, "-m", "pytest", "-q", "-s", "--tb=short", tests])


if __name__ == "__main__":
    main()
