"""A call under siege: 200,000 hostile datagrams of 500 source ports, 20,000 authentic packets that lie.

Nothing may close, the call may lose less than 1 % more than in peace, and the node may grow by 20 MB.
`--datagrams N`, `--packets N` and `--rate N` (datagrams per second) change the siege, `--seed N` repeats
one, `--json FILE` keeps the figures."""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
import sys
import tempfile
from pathlib import Path
from typing import Any

import aiohttp

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from scripts.benchmarks.load.node import NodeCalls, start_node  # noqa: E402
from tests.media.hostile_call import HOST, HostileCall  # noqa: E402

PEACE_S = 10.0
ADDED_LOSS = 0.01
GROWTH_MB = 20.0
DROPPED = "peerlearn_media_dropped_total"


def resident_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def kernel_drops() -> int:
    """UDP datagrams that found a full buffer, of all processes: a starved machine shows here."""
    names, values = (
        line.split()
        for line in Path("/proc/net/snmp").read_text().splitlines()
        if line.startswith("Udp:")
    )
    return int(values[names.index("RcvbufErrors")])


async def metrics(control_url: str) -> dict[str, float]:
    async with aiohttp.ClientSession() as http, http.get(control_url + "/metrics") as answer:
        lines = [line for line in (await answer.text()).splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


async def besiege(asked: argparse.Namespace, pid: int, control_url: str) -> dict[str, Any]:
    calls = await NodeCalls(HOST).open(control_url)
    call = HostileCall(calls, asked.seed)
    try:
        await call.begin()
        calm = await call.peace(PEACE_S)
        before, overflowed = resident_mb(pid), kernel_drops()
        stormy = await call.siege(asked.datagrams, asked.packets, asked.rate)
        after = await call.peace(PEACE_S)
        found = await metrics(control_url)
        return {
            "loss_in_peace": calm.loss,
            "loss_under_siege": stormy.loss,
            "loss_afterwards": after.loss,
            "packets_of_the_call": stormy.came,
            "peers": found["peerlearn_media_peers"],
            "answers_to_strangers": call.answers_to_strangers(),
            "dropped_by_the_kernel": kernel_drops() - overflowed,
            "grown_mb": resident_mb(pid) - before,
            "dropped": {name[len(DROPPED) :]: n for name, n in found.items() if name.startswith(DROPPED)},
        }
    finally:
        call.close()
        await calls.close()


def missed(found: dict[str, Any]) -> list[str]:
    """What of the promise did not hold."""
    added = max(found["loss_under_siege"], found["loss_afterwards"]) - found["loss_in_peace"]
    broken = {
        "loss": added >= ADDED_LOSS,
        "memory": found["grown_mb"] > GROWTH_MB,
        "closed": found["peers"] != 3,
        "answered": found["answers_to_strangers"] > 0,
    }
    return [name for name, is_broken in broken.items() if is_broken]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datagrams", type=int, default=200_000)
    parser.add_argument("--packets", type=int, default=20_000)
    parser.add_argument("--rate", type=float, default=5_000)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    print(f"{asked.datagrams} datagrams, {asked.packets} packets, seed {asked.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="peerlearn-hostile-") as folder:
        process, control_url = start_node(Path(folder), HOST)
        try:
            found = asyncio.run(besiege(asked, process.pid, control_url))
        finally:
            process.terminate()
            process.wait()
    for name, value in found.items():
        print(f"{name.replace('_', ' ')}: {value}")
    if asked.json:
        asked.json.write_text(json.dumps({**found, "seed": asked.seed}, indent=2))
    if broken := missed(found):
        sys.exit(f"missed: {', '.join(broken)}")


if __name__ == "__main__":
    main()
