from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.forward.arrivals import Arrivals
from media.forward.history import SLOTS, SentPackets
from media.rtp.rtcp import parse_compound
from media.rtp.twcc import TransportFeedback

SIZE = 1000


def feedback(base: int, size: int, *received: int, ticks: int = 0) -> TransportFeedback:
    """Feedback on `size` packets from `base` on; `received` are places, each `ticks` after the last."""
    arrivals = tuple((place, at * ticks) for at, place in enumerate(received))
    return TransportFeedback(1, 2, base, size, 100, 0, arrivals)


def sent(count: int, now: float = 10.0) -> SentPackets:
    history = SentPackets()
    for _ in range(count):
        history.next(SIZE, now)
    return history


def test_numbers_count_up_and_wrap() -> None:
    history = SentPackets()
    numbers = [history.next(SIZE, 0.0) for _ in range(65_538)]
    assert numbers[:3] == [0, 1, 2]
    assert numbers[-3:] == [65535, 0, 1]
    assert history.octets == 65_538 * SIZE


def test_arrived_and_lost_packets_are_counted() -> None:
    report = sent(5).acknowledge(feedback(0, 5, 0, 1, 4), 10.2)
    assert (report.packets, report.octets, report.lost, report.found) == (3, 3 * SIZE, 2, 0)
    assert report.round_trip == pytest.approx(0.2)


def test_what_is_told_twice_counts_once() -> None:
    history = sent(5)
    history.acknowledge(feedback(0, 5, 0, 1, 4), 10.2)
    again = history.acknowledge(feedback(0, 5, 0, 1, 4), 10.3)
    assert (again.octets, again.packets, again.lost, again.found) == (0, 0, 0, 0)
    assert again.round_trip is None


def test_a_packet_thought_lost_may_be_found() -> None:
    history = sent(5)
    history.acknowledge(feedback(0, 5, 0, 1, 4), 10.2)
    late = history.acknowledge(feedback(2, 3, 0, 2), 10.3)
    assert (late.packets, late.octets, late.lost, late.found) == (1, SIZE, 0, 1)


def test_the_delay_is_the_quickest_packets() -> None:
    history = SentPackets()
    for at in range(3):
        history.next(SIZE, 10 + at * 0.010)
    report = history.acknowledge(feedback(0, 3, 0, 1, 2, ticks=20), 10.2)
    assert report.arrived == pytest.approx(100 * 0.064 + 0.010)
    assert report.delay == pytest.approx(report.arrived - 10.020)


def test_the_receivers_clock_may_wrap() -> None:
    history = sent(2)
    before = history.acknowledge(TransportFeedback(1, 2, 0, 1, 0xFFFFFF, 0, ((0, 0),)), 10.1)
    after = history.acknowledge(TransportFeedback(1, 2, 1, 1, 0, 0, ((0, 0),)), 10.1)
    assert after.arrived - before.arrived == pytest.approx(0.064)


def test_lost_feedback_does_not_look_like_loss() -> None:
    report = sent(10).acknowledge(feedback(6, 4, 0, 1, 2, 3), 10.2)
    assert (report.packets, report.lost, report.octets) == (4, 0, 10 * SIZE)


def test_numbers_never_sent_are_passed_over() -> None:
    history = sent(3)
    for base in (3, 40_000):
        report = history.acknowledge(feedback(base, 2, 0, 1), 10.2)
        assert (report.packets, report.lost) == (0, 0)
    assert history.acknowledge(feedback(0, 3, 0, 1, 2), 10.2).packets == 3


def test_packets_too_long_gone_are_passed_over() -> None:
    history = sent(SLOTS + 5)
    report = history.acknowledge(feedback(0, 10, *range(10)), 10.2)
    assert (report.packets, report.lost) == (5, 0)


def test_a_feedback_of_few_bytes_on_very_many_packets_is_harmless() -> None:
    history = sent(100)
    report = history.acknowledge(feedback(0, 0xFFFF, 0), 10.2)
    assert (report.packets, report.lost) == (1, 99)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 60),
            st.integers(0, 0xFFFF),
            st.integers(1, 0xFFFF),
            st.sets(st.integers(0, 300), max_size=20),
        ),
        max_size=20,
    )
)
def test_no_feedback_acknowledges_more_than_was_sent(
    turns: list[tuple[int, int, int, set[int]]],
) -> None:
    history = SentPackets()
    octets = packets = lost = found = 0
    for count, base, size, received in turns:
        for _ in range(count):
            history.next(SIZE, 1.0)
        report = history.acknowledge(feedback(base % 300, size, *sorted(received)), 2.0)
        octets, packets = octets + report.octets, packets + report.packets
        lost, found = lost + report.lost, found + report.found
    assert octets <= history.octets
    assert packets + lost - found <= history.octets // SIZE
    assert found <= lost


@given(st.lists(st.sampled_from(["arrives", "lost", "late"]), min_size=1, max_size=400))
def test_the_two_ends_agree_on_what_arrived(fates: list[str]) -> None:
    history, arrivals = SentPackets(), Arrivals(1)
    late: list[int] = []
    packets = lost = found = 0
    for at, fate in enumerate(fates):
        now = at * 0.010
        number = history.next(SIZE, now)
        for held in late:
            arrivals.receive(held, 5, now)
        late = [number] if fate == "late" else []
        if fate == "arrives":
            arrivals.receive(number, 5, now)
        for packet in arrivals.poll(now):
            (told,) = parse_compound(packet)
            assert isinstance(told, TransportFeedback)
            report = history.acknowledge(told, now)
            packets, lost, found = packets + report.packets, lost + report.lost, found + report.found
    assert packets <= len(fates) - fates.count("lost")
    assert lost - found <= fates.count("lost") + 1
