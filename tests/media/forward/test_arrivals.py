from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from media.forward.arrivals import FEEDBACK_INTERVAL_S, MAX_RECEIVED, Arrivals
from media.rtp.rtcp import parse_compound
from media.rtp.twcc import TICKS_PER_REFERENCE, TICKS_PER_SECOND, TransportFeedback

SSRC = 77


class Uplink:
    """A publisher's packets, the feedback on them and the clock, moved by hand."""

    def __init__(self, now: float = 100.0) -> None:
        self.now = now
        self.arrivals = Arrivals(1)
        self.sizes: list[int] = []

    def receive(self, *numbers: int, apart: float = 0.001) -> None:
        for number in numbers:
            self.now += apart
            self.arrivals.receive(number & 0xFFFF, SSRC, self.now)

    def feedback(self, after: float = FEEDBACK_INTERVAL_S) -> list[TransportFeedback]:
        self.now += after
        packets = self.arrivals.poll(self.now)
        self.sizes += [len(packet) for packet in packets]
        found = [parsed for packet in packets for parsed in parse_compound(packet)]
        assert all(isinstance(one, TransportFeedback) for one in found)
        return found  # type: ignore[return-value]


def told(feedback: list[TransportFeedback]) -> dict[int, float]:
    """Number: arrival in seconds on the receiver's clock."""
    return {
        (one.base + place) & 0xFFFF: (one.reference * TICKS_PER_REFERENCE + ticks) / TICKS_PER_SECOND
        for one in feedback
        for place, ticks in one.received
    }


def test_each_packet_is_told_with_its_arrival() -> None:
    uplink = Uplink()
    uplink.receive(10, 11, 12, apart=0.010)
    (feedback,) = uplink.feedback()
    assert (feedback.sender_ssrc, feedback.media_ssrc) == (1, SSRC)
    arrivals = told([feedback])
    assert list(arrivals) == [10, 11, 12]
    for number, arrival in arrivals.items():
        assert abs(arrival - (100 + (number - 9) * 0.010)) < 1 / TICKS_PER_SECOND


def test_nothing_is_said_of_nothing() -> None:
    uplink = Uplink()
    assert uplink.feedback() == []
    assert not uplink.arrivals.any
    uplink.receive(1)
    assert uplink.arrivals.any
    assert uplink.feedback()
    assert uplink.feedback() == []


def test_feedback_comes_at_most_once_an_interval() -> None:
    uplink = Uplink()
    uplink.receive(1)
    assert len(uplink.feedback()) == 1
    uplink.receive(2)
    assert uplink.feedback(after=FEEDBACK_INTERVAL_S / 2) == []
    assert len(uplink.feedback(after=FEEDBACK_INTERVAL_S / 2)) == 1


def test_a_gap_is_told_as_lost_packets() -> None:
    uplink = Uplink()
    uplink.receive(1, 2, 5)
    (feedback,) = uplink.feedback()
    assert (feedback.base, feedback.size) == (1, 5)
    assert list(told([feedback])) == [1, 2, 5]


def test_loss_between_two_messages_is_told_in_the_second() -> None:
    uplink = Uplink()
    uplink.receive(1, 2)
    uplink.feedback()
    uplink.receive(5, 6)
    (feedback,) = uplink.feedback()
    assert feedback.base == 3
    assert list(told([feedback])) == [5, 6]


def test_a_late_packet_is_told_with_all_that_came_after_it() -> None:
    uplink = Uplink()
    uplink.receive(1, 2, 4, 5)
    uplink.feedback()
    uplink.receive(3, 6)
    (feedback,) = uplink.feedback()
    assert list(told([feedback])) == [3, 4, 5, 6]


def test_reordering_within_a_message_shows_nowhere_but_in_the_times() -> None:
    uplink = Uplink()
    uplink.receive(2, 1, 3)
    arrivals = told(uplink.feedback())
    assert list(arrivals) == [1, 2, 3]
    assert arrivals[1] > arrivals[2]


def test_a_duplicate_keeps_the_first_arrival() -> None:
    uplink = Uplink()
    uplink.receive(1, 1, 1, apart=0.01)
    assert abs(told(uplink.feedback())[1] - 100.01) < 0.001


def test_numbers_go_on_after_65535() -> None:
    uplink = Uplink()
    uplink.receive(65534, 65535, 0, 1)
    (feedback,) = uplink.feedback()
    assert (feedback.base, feedback.size) == (65534, 4)
    uplink.receive(2)
    assert uplink.feedback()[0].base == 2


def test_messages_are_counted() -> None:
    uplink = Uplink()
    counts = []
    for number in range(300):
        uplink.receive(number)
        counts += [one.count for one in uplink.feedback()]
    assert counts == [number & 0xFF for number in range(300)]


def test_the_reference_time_wraps() -> None:
    wrap = (1 << 24) * 0.064
    uplink = Uplink(now=wrap + 5)
    uplink.receive(1)
    assert uplink.feedback()[0].reference == int(5.001 / 0.064)


def test_many_packets_take_several_messages() -> None:
    uplink = Uplink()
    uplink.receive(*range(500), apart=0.0001)
    feedback = uplink.feedback()
    assert [len(one.received) for one in feedback] == [MAX_RECEIVED] * 4 + [20]
    assert list(told(feedback)) == list(range(500))


def test_an_outage_begins_a_new_message_and_not_a_long_one() -> None:
    uplink = Uplink()
    uplink.receive(1)
    uplink.feedback()
    uplink.receive(20_000, 20_001)
    (feedback,) = uplink.feedback()
    assert (feedback.base, feedback.size) == (20_000, 2)


def test_a_loop_that_was_late_still_tells_everything() -> None:
    uplink = Uplink()
    uplink.receive(1, 2, apart=3.0)
    assert list(told(uplink.feedback(after=10))) == [1, 2]


@given(st.lists(st.lists(st.integers(0, 0xFFFF), max_size=150), max_size=12))
def test_any_numbers_are_told_once_at_least_in_small_messages(turns: list[list[int]]) -> None:
    uplink = Uplink()
    for numbers in turns:
        uplink.receive(*numbers)
        assert set(numbers) <= told(uplink.feedback()).keys()
    assert max(uplink.sizes, default=0) < 1000
