"""Our media node: packets forwarded beside Janus, lessons on a core, memory of a peer, time to join."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from scripts.benchmarks.calls.crowd import crowd
from scripts.benchmarks.calls.joins import join_times
from scripts.benchmarks.calls.memory import idle_peer_bytes
from scripts.benchmarks.load.janus import start_janus
from scripts.benchmarks.load.node import start_node
from scripts.benchmarks.load.recorded import PLAIN, RECORDED, TWICE, RecordingPlan
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
LESSON_FRAME_PACKETS = 10  # with the microphones 700 packets/s go out for a lesson
RECORDED_ROOMS = 12
STOP_WITHIN_S = 10


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rounds", type=int, default=5, help="turns of load per server and shape")
    parser.add_argument("--seconds", type=float, default=3.0, help="measured seconds per turn")
    parser.add_argument("--shape", action="append", help="only shapes whose name begins so")
    parser.add_argument("--measure", action="append", choices=MEASURES, help="load, if nothing is named")
    parser.add_argument("--lessons", type=int, default=40, help="offered at once")
    parser.add_argument("--peers", type=int, default=100, help="idle ones whose memory is measured")
    parser.add_argument("--people", type=int, default=16, help="in the one room of `room16`")
    parser.add_argument("--watch", type=float, default=60.0, help="seconds that `room16` is watched")
    parser.add_argument("--joins", type=int, default=20, help="of one browser to a room")


def run(options: argparse.Namespace) -> dict[str, Any]:
    return {name: MEASURES[name](options) for name in options.measure or ["load"]}


def _load(options: argparse.Namespace) -> dict[str, Any]:
    """Processor time, loss and delay per forwarded packet, of our node and of Janus."""
    wanted = options.shape or [""]
    shapes = [shape for shape in SHAPES if any(shape.name.startswith(each) for each in wanted)]
    need("janus", "janus")
    results = _under_load(shapes, options, janus=True)
    for servers in results.values():
        _compare(servers)
    return results


def _lessons(options: argparse.Namespace) -> dict[str, Any]:
    """What one core carries of the commonest call, two people with cameras and microphones."""
    shape = Shape(f"lesson ×{options.lessons}", options.lessons, 2, 0, LESSON_FRAME_PACKETS)
    [servers] = _under_load([shape], options, janus=False).values()
    found = servers["ours"]
    return {**found, "lessons": options.lessons, "per_core": round(options.lessons / found["cpu_share"])}


def _under_load(shapes: list[Shape], options: argparse.Namespace, janus: bool) -> dict[str, Any]:
    need("ip", "iproute2")
    with (
        private_network() as network,
        tempfile.TemporaryDirectory() as folder,
        _servers(network, Path(folder), janus) as targets,
    ):
        plan = Plan(shapes, targets, network.client_ip, options.rounds, options.seconds)
        done = subprocess.run(
            network.in_clients(sys.executable, "-m", "scripts.benchmarks.load.run"),
            input=json.dumps(asdict(plan)),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return dict(json.loads(done.stdout))


def _recording(options: argparse.Namespace) -> dict[str, Any]:
    """What it costs to record a packet, beside forwarding it once more."""
    need("ip", "iproute2")
    with (
        private_network() as network,
        tempfile.TemporaryDirectory() as folder,
        contextlib.ExitStack() as stack,
    ):
        targets = []
        for name in (PLAIN, TWICE, RECORDED):
            data_dir = Path(folder) / name.replace(" ", "-")
            node, url = start_node(data_dir, network.server_ip, network.in_servers())
            stack.callback(_stop, node)
            targets.append(Target(name, "node", url, node.pid))
        plan = RecordingPlan(targets, network.client_ip, RECORDED_ROOMS, options.rounds, options.seconds)
        done = subprocess.run(
            network.in_clients(sys.executable, "-m", "scripts.benchmarks.load.recorded"),
            input=json.dumps(asdict(plan)),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return dict(json.loads(done.stdout))


def _memory(options: argparse.Namespace) -> dict[str, Any]:
    """What a connected peer costs that sends nothing."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(idle_peer_bytes(Path(folder), options.peers))


def _joins(options: argparse.Namespace) -> dict[str, Any]:
    """From the button to the first picture of somebody else, in Chromium."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(join_times(Path(folder), options.joins))


def _room16(options: argparse.Namespace) -> dict[str, Any]:
    """Everybody with camera and microphone in one lesson: node, page, freezes."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(crowd(Path(folder), options.people, options.watch))


MEASURES: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "load": _load,
    "lessons": _lessons,
    "memory": _memory,
    "recording": _recording,
    "joins": _joins,
    "room16": _room16,
}


@contextlib.contextmanager
def _servers(network: Network, folder: Path, janus: bool) -> Iterator[list[Target]]:
    prefix = network.in_servers()
    with contextlib.ExitStack() as stack:
        node, url = start_node(folder / "node", network.server_ip, prefix)
        stack.callback(_stop, node)
        targets = [Target("ours", "node", url, node.pid)]
        for loops in (0, 1) if janus else ():
            peer, url = start_janus(folder / f"janus{loops}", network.server_ip, loops, prefix)
            stack.callback(_stop, peer)
            targets.append(Target(f"Janus, event_loops={loops}", "janus", url, peer.pid))
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
    tables = {
        "load": load_table,
        "lessons": _lessons_line,
        "memory": _memory_line,
        "recording": _recording_line,
        "joins": _joins_line,
        "room16": _room16_line,
    }
    return "\n\n".join(tables[name](found) for name, found in results.items())


def _lessons_line(found: dict[str, Any]) -> str:
    return (
        f"{found['lessons']} lessons take {found['cpu_share']} of a core, {found['cpu_us']} µs for "
        f"each of {found['packets_per_s']} packets/s: {found['per_core']} on a core (gate 150); "
        f"{found['turns_kept']} turns{'' if found['steady'] else ', unsteady'}"
    )


def _recording_line(found: dict[str, Any]) -> str:
    return (
        f"of {found['packets_per_s']} packets/s each costs {found['forwarding_us']} µs to forward once "
        f"more and {found['recording_us']} µs to record: {found['ratio']} times as much (gate 1.0)"
        f"{'' if found['steady'] else ', unsteady'}"
    )


def _memory_line(found: dict[str, Any]) -> str:
    return f"{found['kb_per_peer']} kB for each of {found['peers']} idle peers (gate 1000)"


def _joins_line(found: dict[str, Any]) -> str:
    return (
        f"{found['joins']} joins: first picture after {found['p50_ms']} ms (p50), "
        f"{found['p95_ms']} ms (p95, gate 1000)"
    )


def _room16_line(found: dict[str, Any]) -> str:
    cores = ", ".join(f"{name} {share}" for name, share in found["cores"].items())
    return (
        f"{found['people']} people, all pictures after {found['pictures_s']} s; cores: {cores}; "
        f"the node waited {found['node_waited']} of the time for a processor; "
        f"{found['frames_per_s']} frames/s in the page (worst tile {found['frames_per_s_worst']}), "
        f"{found['freezes']} freezes, {found['frozen_s_per_minute']} s in each minute of a picture; "
        f"the page's timers {found['page_lag_p95_ms']} ms late (p95), "
        f"{found['page_lag_worst_ms']} at worst"
    )


def load_table(results: dict[str, Any]) -> str:
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
