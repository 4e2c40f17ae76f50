"""A minute's sums and whose fault it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.rooms.tally import Loss, Sample, Tally, WaySample, faults_of

FINE = Sample(1.0, WaySample(50, 0, 9000), WaySample(50, 0, 9000), rtt=0.03)


def fault(sample: Sample, *, lossy_up: bool = False, lossy_down: bool = False) -> list[str]:
    return list(faults_of(sample, lossy_up=lossy_up, lossy_down=lossy_down))


def test_nobody_is_at_fault_where_nothing_is_wrong() -> None:
    assert fault(FINE) == []


@pytest.mark.parametrize(
    ("sample", "up", "down", "whose"),
    [
        (Sample(1.0), True, False, ["up"]),
        (Sample(1.0), False, True, ["down"]),
        (Sample(1.0), True, True, ["up", "down"]),
        (Sample(1.0, silent=True), False, False, ["up"]),
        (Sample(1.0, starved=True, frozen=True), False, False, ["down"]),
        (Sample(1.0, rtt=0.5), False, False, ["down"]),
        (Sample(1.0, other=True), False, False, ["other"]),
        (Sample(1.0, other=True), True, False, ["up"]),
        (Sample(1.0, silent=True, other=True, strained=True), True, True, ["node"]),
        (Sample(1.0, frozen=True), False, False, []),
    ],
)
def test_a_strained_node_is_blamed_first_then_ones_own_network_then_others(
    sample: Sample, up: bool, down: bool, whose: list[str]
) -> None:
    assert fault(sample, lossy_up=up, lossy_down=down) == whose


def test_one_bad_second_is_chance_and_three_are_not() -> None:
    loss, bad = Loss(), WaySample(45, 5)
    heard = [loss.add(bad) for _ in range(3)]
    assert heard == [False, True, True]
    steady = Loss()
    assert not any(steady.add(WaySample(49, 1)) for _ in range(60))


def test_a_minute_has_the_sums_of_its_seconds() -> None:
    tally = Tally()
    tally.add(FINE, [], freezes=False)
    way = WaySample(10, 2, 100, 0.004, ("h",))
    frozen = Sample(1.1, way, WaySample(layers=("q", "f")), 0.1, frozen=True)
    tally.add(frozen, ["down"], freezes=True)
    said = tally.report("room", "ann", "id", 60_000)
    assert (said.span_ms, said.up.packets, said.up.lost, said.up.octets) == (2100, 60, 2, 9100)
    assert said.up.jitter_ms == 4.0
    assert said.down.layers == {"q": 1100, "f": 1100}
    assert (said.rtt_ms, said.rtt_p95_ms) == (65, 30)
    assert (said.freezes, said.frozen_ms, said.faults) == (1, 1100, {"down": 1100})


def test_a_minute_without_a_round_trip_says_none() -> None:
    tally = Tally()
    assert tally.empty
    tally.add(Sample(1.0), [], freezes=False)
    assert tally.report("room", "ann", "id", 0).rtt_ms is None


@given(st.lists(st.floats(0, 3), min_size=1, max_size=60))
def test_the_slowest_are_told_by_the_ninety_fifth_part(rtts: list[float]) -> None:
    tally = Tally()
    for rtt in rtts:
        tally.add(Sample(1.0, rtt=rtt), [], freezes=False)
    said = tally.report("room", "ann", "id", 0)
    assert said.rtt_p95_ms is not None
    assert round(min(rtts) * 1000) <= said.rtt_p95_ms <= round(max(rtts) * 1000)
    assert sum(rtt * 1000 > said.rtt_p95_ms + 1 for rtt in rtts) <= 0.05 * len(rtts) + 1
