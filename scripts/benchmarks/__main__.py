"""`scripts/bench PART [--json FILE]`: measures one part and prints its table."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

from scripts.benchmarks import bad_network, media, pages, signalling

PARTS = {"media": media, "network": bad_network, "pages": pages, "signalling": signalling}


def _circumstances() -> dict[str, Any]:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return {
        "cores": os.cpu_count(),
        "date": date.today().isoformat(),
        "commit": commit.stdout.strip(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench")
    parts = parser.add_subparsers(dest="part", required=True)
    for name, part in PARTS.items():
        one = parts.add_parser(name, help=(part.__doc__ or "").strip())
        one.add_argument("--json", type=Path, help="write everything that was measured to this file")
        part.arguments(one)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # so that nothing is left behind
    circumstances = _circumstances()
    results = PARTS[options.part].run(options)
    print(f"{circumstances}\n\n{PARTS[options.part].table(results)}")
    if options.json:
        text = json.dumps({"circumstances": circumstances, "results": results}, indent=2)
        options.json.write_text(text + "\n")


if __name__ == "__main__":
    main()
