"""The media benchmark in miniature: our node alone, over loopback."""

from __future__ import annotations

import pytest

from scripts.benchmarks.calls.memory import idle_peer_bytes
from scripts.benchmarks.load.footage import packets_per_second, shoot
from scripts.benchmarks.load.node import start_node
from scripts.benchmarks.load.recorded import PLAIN, RECORDED, TWICE, RecordingPlan
from scripts.benchmarks.load.recorded import measure as measure_recording
from scripts.benchmarks.load.run import Plan, Shape, Target, measure
from scripts.benchmarks.media import load_table, table
from scripts.benchmarks.processes import cpu_seconds, percentile

pytestmark = pytest.mark.media


@pytest.mark.parametrize("shape", [Shape("1→2", 1, 1, 2), Shape("two-party", 1, 2, 0)])
async def test_every_stream_of_a_shape_is_forwarded_and_measured(tmp_path, shape):
    node, url = start_node(tmp_path, "127.0.0.1")
    try:
        target = Target("ours", "node", url, node.pid)
        results = await measure(Plan([shape], [target], "127.0.0.1", rounds=1, seconds=0.5))
    finally:
        node.terminate()
        node.wait(10)
        node.stdout.close()
    ours = results[shape.name]["ours"]
    assert ours["packets_per_s"] > 150 * shape.streams
    assert ours["cpu_us"] >= 0 and ours["p50_ms"] > 0
    assert ours["profile"] == "SRTP_AEAD_AES_128_GCM"
    assert shape.name in load_table(results)


def test_percentiles_are_by_nearest_rank():
    assert percentile([3.0, 1.0, 2.0], 50) == 2.0
    assert percentile([float(n) for n in range(100)], 99) == 99.0


def test_processor_time_never_goes_back():
    before = cpu_seconds(1)
    assert cpu_seconds(1) >= before


async def test_idle_peers_are_connected_and_weighed(tmp_path):
    found = await idle_peer_bytes(tmp_path, peers=4)
    assert found["peers"] == 4
    assert 0 <= found["kb_per_peer"] < 20_000
    assert "idle peers" in table({"memory": found})


async def test_recording_is_measured_beside_forwarding_once_more(tmp_path):
    nodes = [start_node(tmp_path / str(number), "127.0.0.1") for number in range(3)]
    try:
        names = (PLAIN, TWICE, RECORDED)
        targets = [
            Target(name, "node", url, node.pid) for name, (node, url) in zip(names, nodes, strict=True)
        ]
        found = await measure_recording(RecordingPlan(targets, "127.0.0.1", 1, 1, 0.5))
        written = sum(path.stat().st_size for path in (tmp_path / "2").rglob("*.webm"))
    finally:
        for node, _ in nodes:
            node.terminate()
            node.wait(10)
            node.stdout.close()
    assert written > 20_000
    assert found["packets_per_s"] == 200
    assert "to record" in table({"recording": {**found, "ratio": 0.5}})


def test_lessons_on_a_core_are_told_by_what_they_took():
    found = {"lessons": 40, "cpu_share": 0.2, "per_core": 200, "cpu_us": 7.1, "packets_per_s": 28_000}
    assert "200 on a core" in table({"lessons": {**found, "turns_kept": "5 of 5", "steady": True}})


def test_a_lessons_pictures_are_larger():
    assert packets_per_second(10) == 2 * 175
    assert len(shoot(frame_packets=10).frame) == 10
