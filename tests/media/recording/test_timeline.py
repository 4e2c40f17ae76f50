from __future__ import annotations

import random
from itertools import pairwise

import pytest

from media.recording.timeline import CaptureClock, TimeLine

NTP_SECOND = 1 << 32


def hour(drift: float, *, jitter: float = 0.0, seed: int = 1) -> list[float]:
    """Errors (s) of an hour of frames, ten a second, from a publisher whose RTP clock runs off."""
    choose = random.Random(seed)
    line = TimeLine(48000)
    errors = []
    for index in range(36_000):
        captured = index / 10
        timestamp = round(captured * (1 + drift) * 48000)
        arrival = captured + 0.02 + choose.random() * jitter
        if not line.anchored:
            line.anchor(timestamp, captured, arrival)
        errors.append(line.place(timestamp, arrival) - captured)
    return errors


@pytest.mark.parametrize("drift", [0.0, 1e-4, -1e-4])
def test_an_hour_of_a_wrong_clock_stays_within_forty_milliseconds(drift: float) -> None:
    assert max(abs(error) for error in hour(drift)) < 0.040


def test_jitter_does_not_move_the_line() -> None:
    errors = hour(5e-5, jitter=0.1)
    assert max(abs(error) for error in errors) < 0.040
    steps = [abs(later - earlier) for earlier, later in pairwise(errors)]
    assert max(steps) < 0.0021


class Line:
    """A time line fed every 20 ms; time is moved by hand."""

    def __init__(self) -> None:
        self.line = TimeLine(48000)
        self.now = 100.0
        self.timestamp = 5000
        self.line.anchor(self.timestamp, self.now, self.now)

    def run(self, seconds: float, delay: float = 0.0) -> float:
        """The error of the last frame."""
        for _ in range(round(seconds * 50)):
            self.now += 0.02
            self.timestamp += 960
            placed = self.line.place(self.timestamp, self.now + delay)
        return placed - self.now


def test_a_stall_of_the_network_does_not_move_the_line() -> None:
    line = Line()
    line.run(5.0)
    start = line.now
    for index in range(100):
        placed = line.line.place(line.timestamp + 960 * (index + 1), start + 2.0)
        assert placed == pytest.approx(start + 0.02 * (index + 1), abs=0.002)
    line.timestamp += 960 * 100
    line.now += 2.0
    assert line.run(5.0) == pytest.approx(0.0, abs=0.005)


def test_timestamps_that_stood_still_are_caught_up_within_two_seconds() -> None:
    line = Line()
    line.run(5.0)
    line.now += 4.0
    assert line.run(0.5) == pytest.approx(-4.0, abs=0.01)
    assert line.run(2.0) == pytest.approx(0.0, abs=0.01)


def test_timestamps_from_elsewhere_begin_a_new_line_at_once() -> None:
    line = Line()
    line.run(2.0)
    line.timestamp += 48000 * 3600
    assert line.run(0.02) == pytest.approx(0.0, abs=0.001)
    line.timestamp -= 48000 * 7200
    assert line.run(0.02) == pytest.approx(0.0, abs=0.001)


# --- the publisher's clock


def test_two_tracks_captured_together_get_one_time_whatever_their_reports_delay() -> None:
    clock = CaptureClock()
    ntp = 3_900_000_000 * NTP_SECOND
    video = clock.captured((ntp, 0, 50.000), 90_000, 90_000, 51.1)
    audio = clock.captured((ntp, 0, 50.080), 48_000, 48_000, 51.2)
    assert video == pytest.approx(51.0, abs=1e-5)
    assert audio == pytest.approx(video, abs=1e-4)


def test_without_a_report_arrival_is_all_there_is() -> None:
    assert CaptureClock().captured(None, 0, 90_000, 51.1) == 51.1


@pytest.mark.parametrize("step", [-90_000 * 60, 90_000 * 60])
def test_a_report_that_cannot_be_true_is_not_believed(step: int) -> None:
    ntp = 3_900_000_000 * NTP_SECOND
    assert CaptureClock().captured((ntp, 0, 51.0), step, 90_000, 51.1) == 51.1


def test_half_an_hour_of_two_wrong_clocks_keeps_picture_and_sound_together() -> None:
    """The sound card is 100 ppm too fast, the camera's clock as much too slow; the microphone rests for
    three seconds in each minute."""
    clock, choose = CaptureClock(), random.Random(7)
    lines = {48000: TimeLine(48000), 90000: TimeLine(90000)}
    skews = {48000: 1 + 1e-4, 90000: 1 - 1e-4}
    apart, placed = 0.0, dict.fromkeys(lines, 0.0)
    for index in range(30 * 60 * 20):
        captured = index / 20
        for rate, line in lines.items():
            if rate == 48000 and captured % 60 < 3:
                continue
            timestamp = round(captured * skews[rate] * rate)
            arrival = captured + 0.01 + choose.random() * 0.03
            if not line.anchored:
                ntp = 3_900_000_000 * NTP_SECOND + round(captured * NTP_SECOND)
                line.anchor(
                    timestamp, clock.captured((ntp, timestamp, arrival), 0, rate, arrival), arrival
                )
            placed[rate] = line.place(timestamp, arrival)
        if captured % 60 >= 3:
            apart = max(apart, abs(placed[48000] - placed[90000]))
    assert apart < 0.040
