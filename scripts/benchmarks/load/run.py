"""The load process: connects one shape to every server, then loads them by turns.

`python -m scripts.benchmarks.load.run` reads a `Plan` in JSON from standard input and prints the results.
Loading by turns, several times, makes a neighbour's load on the machine fall on all servers alike.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import uvloop

from scripts.benchmarks.load.footage import PACKETS_PER_FRAME, packets_per_second, shoot
from scripts.benchmarks.load.janus import JanusCalls
from scripts.benchmarks.load.node import NodeCalls
from scripts.benchmarks.load.peer import LoadPeer
from scripts.benchmarks.load.servers import Calls
from scripts.benchmarks.processes import cpu_seconds, percentile

WARM_UP_S = 1.2  # a keyframe comes each second
DRAIN_S = 0.2
UNSTEADY = 0.03  # share of the offered packets that may be missing or too many in a turn


@dataclass(frozen=True)
class Shape:
    """`rooms` rooms, each with `publishers` who also watch each other, and `viewers` who only watch.

    `frame_packets` packets of a kilobyte make a picture: five are 1.2 Mbit/s, ten 2.4."""

    name: str
    rooms: int
    publishers: int
    viewers: int
    frame_packets: int = PACKETS_PER_FRAME

    @property
    def streams(self) -> int:
        """Forwarded participants: each publisher, once per receiver."""
        return self.rooms * self.publishers * (self.publishers - 1 + self.viewers)


@dataclass(frozen=True)
class Target:
    """A server to be loaded; `kind` is `node` or `janus`."""

    name: str
    kind: str
    url: str
    pid: int


@dataclass
class Plan:
    shapes: list[Shape]
    targets: list[Target]
    host: str
    rounds: int
    seconds: float


@dataclass
class Window:
    """What one turn of load measured; delays in seconds."""

    packets: int
    cpu: float
    lost: int
    delays: list[float]


@dataclass
class Loaded:
    """One server with one shape connected."""

    target: Target
    calls: Calls
    publishers: list[LoadPeer] = field(default_factory=list)
    everyone: list[LoadPeer] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)


async def connect(target: Target, shape: Shape, host: str) -> Loaded:
    signalling = NodeCalls(host) if target.kind == "node" else JanusCalls(host)
    calls: Calls = await signalling.open(target.url)
    loaded = Loaded(target, calls)
    await asyncio.gather(*(_fill(loaded, f"room-{index}", shape, calls) for index in range(shape.rooms)))
    loaded.everyone = list({id(peer): peer for peer in loaded.everyone + loaded.publishers}.values())
    return loaded


async def _fill(loaded: Loaded, room: str, shape: Shape, calls: Calls) -> None:
    """Publishers one by one, then all who watch at once."""
    names = [f"p{number}" for number in range(shape.publishers)]
    loaded.publishers += [await calls.publish(room, name) for name in names]
    watchers = [f"v{number}" for number in range(shape.viewers)]
    watchers += names if shape.publishers > 1 else []
    others = {name: [each for each in names if each != name] for name in watchers}
    loaded.everyone += await asyncio.gather(*(calls.watch(room, name, others[name]) for name in watchers))


class Silence(Exception):
    """A stream that should be forwarded is not."""


async def load(loaded: Loaded, shape: Shape, seconds: float) -> Window:
    footage = shoot(frame_packets=shape.frame_packets)
    for peer in loaded.publishers:
        peer.play(footage)
    await asyncio.sleep(WARM_UP_S)
    streams = [stream for peer in loaded.everyone for stream in peer.received.values()]
    for stream in streams:
        stream.reset()
    cpu = cpu_seconds(loaded.target.pid)
    await asyncio.sleep(seconds)
    cpu = cpu_seconds(loaded.target.pid) - cpu
    window = Window(
        sum(stream.packets for stream in streams),
        cpu,
        sum(stream.lost for stream in streams),
        [delay for stream in streams for delay in stream.delays],
    )
    heard = sum(stream.packets > 0 for stream in streams)
    if heard != 2 * shape.streams:
        raise Silence(f"{loaded.target.name}: {heard} of {2 * shape.streams} streams in {shape.name}")
    for peer in loaded.publishers:
        peer.stop()
    await asyncio.sleep(DRAIN_S)
    return window


async def measure_shape(plan: Plan, shape: Shape) -> dict[str, Any]:
    """Results by server. CPU is the median of the turns, in microseconds per forwarded packet."""
    ready = [await connect(target, shape, plan.host) for target in plan.targets]
    for _ in range(plan.rounds):
        for loaded in ready:
            loaded.windows.append(await load(loaded, shape, plan.seconds))
    results = {loaded.target.name: _summary(loaded, shape, plan.seconds) for loaded in ready}
    for loaded in ready:
        await loaded.calls.close()
    return results


def is_steady(window: Window, shape: Shape, seconds: float) -> bool:
    """Whether the load came at the offered rate: on a crowded machine the load process itself is late."""
    offered = shape.streams * packets_per_second(shape.frame_packets) * seconds
    return abs(window.packets + window.lost - offered) <= UNSTEADY * offered


def _steady(windows: list[Window], shape: Shape, seconds: float) -> list[Window]:
    """The turns that count; all of them if none was steady."""
    return [window for window in windows if is_steady(window, shape, seconds)] or windows


def _summary(loaded: Loaded, shape: Shape, seconds: float) -> dict[str, Any]:
    windows = _steady(loaded.windows, shape, seconds)
    delays = [delay * 1000 for window in windows for delay in window.delays]
    packets = sum(window.packets for window in windows)
    lost = sum(window.lost for window in windows)
    costs = [window.cpu / window.packets * 1e6 for window in windows if window.packets]
    return {
        "cpu_us": round(median(costs), 2) if costs else None,
        "cpu_us_turns": [round(cost, 2) for cost in costs],
        "packets_per_s": round(packets / seconds / len(windows)),
        "cpu_share": round(median(window.cpu / seconds for window in windows), 3),
        "loss_percent": round(100 * lost / (lost + packets), 3) if packets else None,
        "p50_ms": round(percentile(delays, 50), 3),
        "p99_ms": round(percentile(delays, 99), 3),
        "turns_kept": f"{len(windows)} of {len(loaded.windows)}",
        "steady": all(is_steady(window, shape, seconds) for window in windows),
        "profile": loaded.everyone[0].profile,
    }


async def measure(plan: Plan) -> dict[str, Any]:
    return {shape.name: await measure_shape(plan, shape) for shape in plan.shapes}


def read_plan(text: str) -> Plan:
    data = json.loads(text)
    data["shapes"] = [Shape(**shape) for shape in data["shapes"]]
    data["targets"] = [Target(**target) for target in data["targets"]]
    return Plan(**data)


if __name__ == "__main__":
    print(json.dumps(uvloop.run(measure(read_plan(sys.stdin.read())))))
