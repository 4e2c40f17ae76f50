"""Real viewers behind loss, jitter and a capped line: does sound go on, does only their layer drop."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from scripts.benchmarks.load.node import start_node
from scripts.benchmarks.needs import need
from scripts.benchmarks.viewers.run import Case, Plan, as_json
from scripts.benchmarks.viewers.town import NODE_IP, PUBLISHER, town

CASES = [
    Case("5 % loss", 60, loss=5),
    Case("20 % loss", 60, loss=20),
    Case("30 ms jitter", 60, delay_ms=10, jitter_ms=60),
    Case("500 kbit/s", 30, cap=500),
]
STOP_WITHIN_S = 10


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--case", action="append", help="only cases whose name begins so")


def run(options: argparse.Namespace) -> dict[str, Any]:
    wanted = options.case or [""]
    cases = [case for case in CASES if any(case.name.startswith(each) for each in wanted)]
    for command, package in (("ip", "iproute2"), ("tc", "iproute2"), ("nft", "nftables")):
        need(command, package)
    with town() as built, tempfile.TemporaryDirectory() as folder:
        node, url = start_node(Path(folder), NODE_IP, built.at_node())
        try:
            done = subprocess.run(
                built.at(PUBLISHER, sys.executable, "-m", "scripts.benchmarks.viewers.run"),
                input=as_json(Plan(built, url, cases)),
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
        finally:
            node.terminate()
            node.wait(STOP_WITHIN_S)
    return dict(json.loads(done.stdout))


def table(results: dict[str, Any]) -> str:
    lines = [
        "| network | longest silence s | concealed % | frozen s per min | heights seen "
        "| layer drops after s | best layer back after s | the other viewer's heights |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, each in results.items():
        heights = ", ".join(map(str, each["heights"]))
        clean = ", ".join(map(str, each["clean_heights"]))
        lines.append(
            f"| {name} | {each['audio_gap_s']} | {each['concealed_percent']} "
            f"| {each['frozen_s_per_minute']} | {heights} | {_told(each['drop_s'])} "
            f"| {_told(each['back_s'])} | {clean} |"
        )
    return "\n".join(lines)


def _told(seconds: float | None) -> str:
    return "never" if seconds is None else str(seconds)
