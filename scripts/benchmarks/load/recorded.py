"""The load process for what recording costs: three nodes get the same packets and are loaded by turns.

One forwards each packet to one viewer, one to two viewers, and one to one viewer and onto its disk.
`python -m scripts.benchmarks.load.recorded` reads a `RecordingPlan` in JSON from standard input and
prints the result.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from statistics import mean
from typing import Any

import uvloop

from scripts.benchmarks.load.footage import packets_per_second
from scripts.benchmarks.load.node import NodeCalls
from scripts.benchmarks.load.run import Loaded, Shape, Target, connect, is_steady, load

PLAIN, TWICE, RECORDED = "forwarded", "forwarded once more", "recorded"


@dataclass
class RecordingPlan:
    """`targets` are named as above; `rooms` rooms of one publisher at each."""

    targets: list[Target]
    host: str
    rooms: int
    rounds: int
    seconds: float


def _shape(plan: RecordingPlan, name: str) -> Shape:
    return Shape(name, plan.rooms, 1, 2 if name == TWICE else 1)


async def _record(loaded: Loaded, rooms: int) -> None:
    assert isinstance(loaded.calls, NodeCalls)
    for index in range(rooms):
        await loaded.calls.record(f"room-{index}", "p0", origin_ms=time.time_ns() // 1_000_000)


async def measure(plan: RecordingPlan) -> dict[str, Any]:
    """What a packet of a publisher costs more, in microseconds, over all turns: the processor's time is
    told in hundredths of a second, too coarse for one."""
    ready = {
        target.name: await connect(target, _shape(plan, target.name), plan.host)
        for target in plan.targets
    }
    await _record(ready[RECORDED], plan.rooms)
    extra: dict[str, list[float]] = {TWICE: [], RECORDED: []}
    steady = True
    packets = plan.rooms * packets_per_second() * plan.seconds
    for _ in range(plan.rounds):
        windows = {}
        for name, loaded in ready.items():
            shape = _shape(plan, name)
            windows[name] = await load(loaded, shape, plan.seconds)
            steady = steady and is_steady(windows[name], shape, plan.seconds)
        for name, costs in extra.items():
            costs.append((windows[name].cpu - windows[PLAIN].cpu) / packets * 1e6)
    for loaded in ready.values():
        await loaded.calls.close()
    forwarding, recording = mean(extra[TWICE]), mean(extra[RECORDED])
    return {
        "packets_per_s": round(packets / plan.seconds),
        "forwarding_us": round(forwarding, 2),
        "recording_us": round(recording, 2),
        "ratio": round(recording / forwarding, 2) if forwarding > 0 else None,
        "turns": {name: [round(cost, 2) for cost in costs] for name, costs in extra.items()},
        "steady": steady,
    }


def read_plan(text: str) -> RecordingPlan:
    data = json.loads(text)
    data["targets"] = [Target(**target) for target in data["targets"]]
    return RecordingPlan(**data)


if __name__ == "__main__":
    print(json.dumps(uvloop.run(measure(read_plan(sys.stdin.read())))))
