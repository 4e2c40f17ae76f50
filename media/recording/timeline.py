"""Where frames belong in time: from a publisher's RTP timestamps to this node's monotonic clock.

PURE. Two clocks run apart (sound cards by up to 100 ppm: 360 ms an hour), so the RTP clock is held to the
node's clock by the least delay seen in each second; jitter and stalls don't move it.
"""

from __future__ import annotations

from media.forward.clock import NTP_SECOND, SenderClock

WINDOW_S = 1.0  # over which the least delay is taken
WINDOW_FRAMES = 5  # at least: fewer say nothing about jitter
SLEW_S = 0.001  # most correction per window: follows 1000 ppm, inaudible
JUMP_S = 0.3  # a persistent change above this is no drift: timestamps stood still, or leapt
LOST_S = 10.0  # a frame that far off has nothing to do with its time line: begin a new one
EARLIEST_S, LATEST_S = (
    2.0,
    0.05,
)  # a capture time is believed from so long before to so long after arrival
DRIFT = 1e-4  # of the publisher's wall clock against ours, at most


class CaptureClock:
    """One publisher's NTP clock against the node's: shared by its tracks, so that they agree."""

    def __init__(self) -> None:
        self._offset: float | None = None
        self._learned_at = 0.0

    def learn(self, clock: SenderClock) -> None:
        """Keep the least difference: the report that was delayed least."""
        ntp, _, arrived = clock
        measured = arrived - ntp / NTP_SECOND
        if self._offset is not None:
            risen = self._offset + max(0.0, arrived - self._learned_at) * DRIFT
            measured = min(measured, risen)
        self._offset = measured
        self._learned_at = arrived

    def captured(self, clock: SenderClock | None, step: int, clock_rate: int, arrival: float) -> float:
        """When (node's clock) a frame `step` RTP units after the report `clock` was captured.

        Its arrival when no report tells, or one that can't be true."""
        if clock is None:
            return arrival
        self.learn(clock)
        assert self._offset is not None
        captured = self._offset + clock[0] / NTP_SECOND + step / clock_rate
        return captured if -EARLIEST_S < captured - arrival < LATEST_S else arrival


class TimeLine:
    """One track's RTP timestamps (unwrapped) on the node's clock."""

    def __init__(self, clock_rate: int) -> None:
        self._clock_rate = clock_rate
        self._base_timestamp = 0
        self._base: float | None = None
        self._usual: float | None = None
        self._window_start = 0.0
        self._least = float("inf")
        self._seen = 0

    @property
    def anchored(self) -> bool:
        return self._base is not None

    def anchor(self, timestamp: int, captured: float, arrival: float) -> None:
        """`timestamp` was captured at `captured`; what follows is counted from here."""
        self._base_timestamp = timestamp
        self._base = captured
        self._usual = None
        self._begin_window(arrival)

    def place(self, timestamp: int, arrival: float) -> float:
        """When the frame was captured, in seconds of the node's clock."""
        assert self._base is not None
        time = self._base + (timestamp - self._base_timestamp) / self._clock_rate
        if abs(arrival - time) > LOST_S:
            self.anchor(timestamp, arrival, arrival)
            return arrival
        self._observe(arrival - time, arrival)
        return time

    def _observe(self, delay: float, arrival: float) -> None:
        self._least = min(self._least, delay)
        self._seen += 1
        if self._seen >= WINDOW_FRAMES and arrival - self._window_start >= WINDOW_S:
            self._correct(self._least)
            self._begin_window(arrival)

    def _begin_window(self, arrival: float) -> None:
        self._window_start = arrival
        self._least = float("inf")
        self._seen = 0

    def _correct(self, least: float) -> None:
        """Bring the least delay back to what it was in the first window."""
        if self._usual is None:
            self._usual = least
            return
        assert self._base is not None
        error = least - self._usual
        self._base += error if abs(error) > JUMP_S else min(max(error, -SLEW_S), SLEW_S)
