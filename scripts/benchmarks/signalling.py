"""Our room socket and a room of Django Channels under the same talk: processor time, delay."""

from __future__ import annotations

import argparse
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import uvloop

from scripts.benchmarks.talk.load import Shape, measure_shape
from scripts.benchmarks.talk.servers import channels, ours
from tests.databases import cluster

SHAPES = [
    Shape("2 rooms of 50", 2, 50, 1800),
    Shape("5 rooms of 20", 5, 20, 1200),
    Shape("30 rooms of 4", 30, 4, 600),
]
PEER = "Channels on Daphne, Redis"
EMBEDDED = "ours, embedded"
SPREAD = "ours, two processes, rooms spread"  # as no proxy of ours does it
GATES = {EMBEDDED: 0.3}  # of the peer's processor time
GATE_WITH_REDIS = 0.4
GATE_P50, GATE_P99 = 0.25, 0.5
DURABLE: tuple[str, ...] = ()  # PostgreSQL's own defaults: a commit is on the disk


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rounds", type=int, default=5, help="turns of talk per server and shape")
    parser.add_argument("--seconds", type=float, default=3.0, help="measured seconds per turn")
    parser.add_argument("--shape", action="append", help="only shapes whose name begins so")


def run(options: argparse.Namespace) -> dict[str, Any]:
    wanted = options.shape or [""]
    shapes = [shape for shape in SHAPES if any(shape.name.startswith(each) for each in wanted)]
    with tempfile.TemporaryDirectory() as folder:
        results = uvloop.run(_run(shapes, Path(folder), options.rounds, options.seconds))
    for servers in results.values():
        compare(servers)
    return results


async def _run(shapes: list[Shape], folder: Path, rounds: int, seconds: float) -> dict[str, Any]:
    async with AsyncExitStack() as stack:
        database = stack.enter_context(cluster(options=DURABLE))
        targets = [
            await stack.enter_async_context(server)
            for server in (
                ours(EMBEDDED, folder / "one", shapes),
                ours("ours, Redis", folder / "two", shapes, cluster=database),
                ours(
                    "ours, Redis, two processes", folder / "three", shapes, cluster=database, processes=2
                ),
                ours(SPREAD, folder / "four", shapes, cluster=database, processes=2, spread=True),
                channels(folder / "peer"),
            )
        ]
        return {shape.name: await measure_shape(targets, shape, rounds, seconds) for shape in shapes}


def compare(servers: dict[str, Any]) -> None:
    """Our figures as shares of the peer's, and whether the gates hold."""
    peer = servers[PEER]
    for name, each in servers.items():
        if name == PEER:
            continue
        ratios = {key: each[key] / peer[key] for key in ("cpu_us", "p50_ms", "p99_ms")}
        gates = {"cpu_us": GATES.get(name, GATE_WITH_REDIS), "p50_ms": GATE_P50, "p99_ms": GATE_P99}
        each["ratio"] = {key: round(value, 2) for key, value in ratios.items()}
        each["missed"] = [key for key, gate in gates.items() if ratios[key] > gate]


def table(results: dict[str, Any]) -> str:
    lines = [
        "| shape | server | delivered/s | CPU µs | × peer | database µs | p50 ms | × peer | p99 ms "
        "| × peer | turns | gates missed |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for shape, servers in results.items():
        for name, each in servers.items():
            ratio = each.get("ratio", {})
            cells = [
                *(shape, name, each["delivered_per_s"], each["cpu_us"], ratio.get("cpu_us", "")),
                *(each["database_us"], each["p50_ms"], ratio.get("p50_ms", "")),
                *(each["p99_ms"], ratio.get("p99_ms", "")),
                each["turns_kept"] + ("" if each["steady"] else ", unsteady"),
                ", ".join(each.get("missed", [])) or "–",
            ]
            lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)
