"""Our media node and Janus under the same load: processor time, loss and delay per forwarded packet."""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from scripts.benchmarks.load.janus import start_janus
from scripts.benchmarks.load.node import start_node
from scripts.benchmarks.load.run import Plan, Shape, Target
from scripts.benchmarks.needs import need
from scripts.benchmarks.network import Network, private_network

SHAPES = [
    Shape("1→1 ×24", 24, 1, 1),
    Shape("1→4 ×12", 12, 1, 4),
    Shape("1→16 ×4", 4, 1, 16),
    Shape("1→32 ×3", 3, 1, 32),
    Shape("five-party ×4", 4, 5, 0),
]
STOP_WITHIN_S = 10


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rounds", type=int, default=5, help="turns of load per server and shape")
    parser.add_argument("--seconds", type=float, default=3.0, help="measured seconds per turn")
    parser.add_argument("--shape", action="append", help="only shapes whose name begins so")


def run(options: argparse.Namespace) -> dict[str, Any]:
    wanted = options.shape or [""]
    shapes = [shape for shape in SHAPES if any(shape.name.startswith(each) for each in wanted)]
    need("ip", "iproute2")
    need("janus", "janus")
    with (
        private_network() as network,
        tempfile.TemporaryDirectory() as folder,
        _servers(network, Path(folder)) as targets,
    ):
        plan = Plan(shapes, targets, network.client_ip, options.rounds, options.seconds)
        done = subprocess.run(
            network.in_clients(sys.executable, "-m", "scripts.benchmarks.load.run"),
            input=json.dumps(asdict(plan)),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    results = json.loads(done.stdout)
    for servers in results.values():
        _compare(servers)
    return dict(results)


@contextlib.contextmanager
def _servers(network: Network, folder: Path) -> Iterator[list[Target]]:
    prefix = network.in_servers()
    with contextlib.ExitStack() as stack:
        node, url = start_node(folder / "node", network.server_ip, prefix)
        stack.callback(_stop, node)
        targets = [Target("ours", "node", url, node.pid)]
        for loops in (0, 1):
            janus, url = start_janus(folder / f"janus{loops}", network.server_ip, loops, prefix)
            stack.callback(_stop, janus)
            targets.append(Target(f"Janus, event_loops={loops}", "janus", url, janus.pid))
        yield targets


def _stop(process: subprocess.Popen[Any]) -> None:
    process.terminate()
    try:
        process.wait(STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _compare(servers: dict[str, Any]) -> None:
    """Our cost as a share of Janus' at its best setting."""
    best = min(result["cpu_us"] for name, result in servers.items() if name != "ours")
    servers["ours"]["ratio_to_best"] = round(servers["ours"]["cpu_us"] / best, 2)


def table(results: dict[str, Any]) -> str:
    lines = [
        "| shape | server | packets/s | CPU µs | × Janus' best | loss % | p50 ms | p99 ms | turns |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for shape, servers in results.items():
        for name, each in servers.items():
            lines.append(
                f"| {shape} | {name} | {each['packets_per_s']} | {each['cpu_us']} "
                f"| {each.get('ratio_to_best', '')} | {each['loss_percent']} "
                f"| {each['p50_ms']} | {each['p99_ms']} | {each['turns_kept']}"
                f"{'' if each['steady'] else ', unsteady'} |"
            )
    return "\n".join(lines)
