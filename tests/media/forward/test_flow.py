from __future__ import annotations

import pytest

from media.forward.flow import Flow


class Stream:
    """A thousand octets a frame; time is moved by hand."""

    def __init__(self) -> None:
        self.flow = Flow()
        self.now = 100.0
        self.octets = 0

    def run(self, seconds: float, rate: float = 30.0) -> None:
        for _ in range(round(seconds * rate)):
            self.now += 1 / rate
            self.octets += 1000
            self.flow.frame(self.octets, self.now)

    @property
    def bitrate(self) -> float:
        return self.flow.bitrate(self.octets, self.now)

    @property
    def state(self) -> tuple[bool, bool]:
        return self.flow.flowing(self.now), self.flow.alive(self.now)


def test_nothing_flows_before_the_first_frame() -> None:
    stream = Stream()
    assert (stream.state, stream.bitrate) == ((False, False), 0.0)


def test_two_seconds_of_flow_make_it_alive_and_one_of_silence_ends_that() -> None:
    stream = Stream()
    stream.run(1.9)
    assert stream.state == (True, False)
    stream.run(0.3)
    assert stream.state == (True, True)
    stream.now += 0.95
    assert stream.state == (True, True)
    stream.now += 0.1
    assert stream.state == (False, False)
    stream.run(1.9)
    assert stream.state == (True, False)


def test_a_still_screen_may_be_silent_for_longer_and_not_for_ever() -> None:
    stream = Stream()
    stream.run(30, rate=1.0)
    stream.now += 3.5
    assert stream.state == (True, True)
    stream.now += 2.0
    assert stream.state == (False, False)


@pytest.mark.parametrize("rate", [5.0, 15.0, 30.0])
def test_the_rate_is_that_of_the_last_second(rate: float) -> None:
    stream = Stream()
    stream.run(3, rate=60.0)
    stream.run(2, rate=rate)
    assert stream.bitrate == pytest.approx(rate * 8000, rel=0.1)


def test_a_young_stream_is_measured_over_what_there_is() -> None:
    stream = Stream()
    stream.run(0.5)
    assert stream.bitrate == pytest.approx(30 * 8000, rel=0.1)


def test_silence_brings_nothing() -> None:
    stream = Stream()
    stream.run(3)
    stream.now += 2.0
    assert stream.bitrate < 20_000
