"""The media benchmark in miniature: our node alone, over loopback."""

from __future__ import annotations

import pytest

from scripts.benchmarks.load.node import start_node
from scripts.benchmarks.load.run import Plan, Shape, Target, measure
from scripts.benchmarks.media import table
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
    assert shape.name in table(results)


def test_percentiles_are_by_nearest_rank():
    assert percentile([3.0, 1.0, 2.0], 50) == 2.0
    assert percentile([float(n) for n in range(100)], 99) == 99.0


def test_processor_time_never_goes_back():
    before = cpu_seconds(1)
    assert cpu_seconds(1) >= before
