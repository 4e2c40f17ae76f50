"""What happened within the last moments on the way to a receiver: throughput, loss, queueing delay."""

from __future__ import annotations

from collections import deque

THROUGHPUT_KEPT_S = 1.0
LOSS_WINDOW_S, LOSS_KEPT_S = 1.0, 4.0
LOSS_PACKETS = 120  # one of ten lost is chance
LEAST_PACKETS = 20  # but more are not waited for after a change
STANDING_S = 0.25  # what drains sooner was a keyframe, not a queue that stands
BASE_S = 15.0  # the quickest packet of 15–30 s shows the way without queues; clocks drift 3 ms meanwhile


class Throughput:
    """Octets that arrived, by the receiver's clock."""

    __slots__ = ("_arrived",)

    def __init__(self) -> None:
        self._arrived: deque[tuple[float, int]] = deque()

    def add(self, octets: int, at: float) -> None:
        """`octets` arrived since the last call, the newest of them at `at`."""
        self._arrived.append((at, octets))
        while len(self._arrived) > 1 and self._arrived[1][0] <= at - THROUGHPUT_KEPT_S:
            self._arrived.popleft()

    def bitrate(self, seconds: float) -> float:
        """Bit/s over the last `seconds` before the newest arrival; 0.0 before there is that much."""
        octets = 0
        for at, count in reversed(self._arrived):
            span = self._arrived[-1][0] - at
            if span >= seconds:
                return octets * 8 / span
            octets += count
        return 0.0


class Loss:
    """The lost part of what was sent: within a second, or longer where little is sent."""

    __slots__ = ("_told", "fraction")

    def __init__(self) -> None:
        self._told: deque[tuple[float, int, int]] = deque()
        self.fraction: float | None = None  # 0 to 1; None while too little was sent

    def add(self, packets: int, lost: int, now: float) -> None:
        """`packets` arrived and `lost` did not; negative when earlier ones were found again."""
        self._told.append((now, packets, lost))
        while self._told[0][0] <= now - LOSS_KEPT_S:
            self._told.popleft()
        self.fraction = self._measure(now)

    def clear(self) -> None:
        """What was lost has had its effect."""
        self._told.clear()
        self.fraction = None

    def _measure(self, now: float) -> float | None:
        arrived = missing = 0
        for at, packets, lost in reversed(self._told):
            if now - at >= LOSS_WINDOW_S and arrived + missing >= LOSS_PACKETS:
                break
            arrived, missing = arrived + packets, missing + lost
        missing = max(0, missing)
        sent = arrived + missing
        return missing / sent if sent >= LEAST_PACKETS else None


class QueueingDelay:
    """How much longer packets take than the quickest of late, which met no queue.

    The quickest of each feedback is taken: jitter of single packets is no queue."""

    __slots__ = ("_base", "_base_at", "_before", "_lowest", "standing")

    def __init__(self) -> None:
        self._lowest: deque[tuple[float, float]] = deque()
        self._base = self._before = float("inf")
        self._base_at = float("-inf")
        self.standing = 0.0

    def add(self, lowest: float, now: float) -> None:
        """The delay of the quickest packet of a feedback."""
        if now - self._base_at > BASE_S:
            self._before, self._base, self._base_at = self._base, lowest, now
        self._base = min(self._base, lowest)
        self._lowest.append((now, lowest))
        while self._lowest[0][0] < now - STANDING_S:
            self._lowest.popleft()
        quickest = min(lowest for _, lowest in self._lowest)
        self.standing = max(0.0, quickest - min(self._base, self._before))

    def accept(self) -> None:
        """What looks like a queue is the way itself, which became longer."""
        self._base = self._before = min(lowest for _, lowest in self._lowest)
        self.standing = 0.0
