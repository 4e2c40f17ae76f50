"""The benchmark of the room socket in miniature: our embedded server alone, and the reckoning."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.benchmarks.signalling import EMBEDDED, PEER, compare, table
from scripts.benchmarks.talk import load
from scripts.benchmarks.talk.load import Shape, Turn, measure_shape, summary
from scripts.benchmarks.talk.servers import ours

SHAPE = Shape("1 room of 3", 1, 3, 60)


async def test_every_line_reaches_every_seat_and_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "CALM_WITHIN_S", 0)
    async with ours(EMBEDDED, tmp_path / "data", [SHAPE]) as target:
        results = await measure_shape([target], SHAPE, rounds=1, seconds=1.0)
    found = results[EMBEDDED]
    assert found["delivered_per_s"] == pytest.approx(60, rel=0.2)
    assert found["cpu_us"] > 0 and 0 < found["p50_ms"] <= found["p99_ms"]


def turn(delivered: int, cpu: float = 0.1, delay: float = 0.001) -> Turn:
    return Turn(delivered, cpu, 0.0, 1.0, [delay] * delivered)


def test_only_turns_at_the_offered_rate_count() -> None:
    found = summary([turn(60), turn(30, cpu=5.0), turn(61)], SHAPE)
    assert found["turns_kept"] == "2 of 3" and found["steady"]
    assert found["cpu_us"] == pytest.approx(1650, rel=0.02)


def test_gates_are_held_against_the_peer_of_the_same_run() -> None:
    servers = {
        PEER: summary([turn(60, cpu=0.1, delay=0.010)], SHAPE),
        EMBEDDED: summary([turn(60, cpu=0.035, delay=0.002)], SHAPE),
        "ours, Redis": summary([turn(60, cpu=0.035, delay=0.004)], SHAPE),
    }
    compare(servers)
    assert servers[EMBEDDED]["ratio"]["cpu_us"] == 0.35
    assert servers[EMBEDDED]["missed"] == ["cpu_us"]
    assert servers["ours, Redis"]["missed"] == ["p50_ms"]
    assert "1 room of 3" in table({"1 room of 3": servers})
