from __future__ import annotations

from itertools import pairwise

from media.forward.estimate import START, Estimate
from media.forward.history import Acknowledged
from media.forward.probing import EVERY_S, HOLD_S, OVER_NEED, Probing

TICK_S = 0.02


class Path:
    """A receiver that acknowledges everything up to `capacity`; the clock is moved by hand."""

    def __init__(self, capacity: float = 1e9) -> None:
        self.capacity = capacity
        self.now = 100.0
        self.estimate = Estimate(self.now, told=True)
        self.probing = Probing(self.now)
        self.octets = 0
        self.paddings: list[tuple[float, int]] = []
        self._told_at = self.now
        self._told = 0

    def run(self, seconds: float, need: float, media: float = 200e3) -> None:
        for _ in range(round(seconds / TICK_S)):
            self.now += TICK_S
            self.octets += int(media / 8 * TICK_S)
            padding = self.probing.poll(self.estimate, need, self.octets, self.now)
            self.probing.padded(padding)
            self.octets += padding
            self.paddings.append((self.now, padding))
            if self.now >= self._told_at + 0.1:
                self._acknowledge()

    def _acknowledge(self) -> None:
        sent, elapsed = self.octets - self._told, self.now - self._told_at
        arrived = min(sent, int(self.capacity / 8 * elapsed))
        lost = (sent - arrived) * 100 // max(sent, 1)
        report = Acknowledged(arrived, 100 - lost, lost, 0, self.now, 5.0, 0.05)
        self._told, self._told_at = self.octets, self.now
        self.estimate.on_acknowledged(report, self.now)

    @property
    def probed(self) -> int:
        """Octets of padding."""
        return sum(padding for _, padding in self.paddings)

    def begins(self) -> list[float]:
        """When probes began."""
        at = [now for now, padding in self.paddings if padding]
        return [now for before, now in pairwise([0.0, *at]) if now - before > 1]


def test_a_probe_finds_room_within_two_seconds() -> None:
    path = Path()
    path.run(3, need=2e6)
    assert path.estimate.bitrate > 2e6


def test_nothing_is_probed_for_without_need() -> None:
    path = Path()
    path.run(10, need=START / 2)
    assert path.probed == 0


def test_a_probe_ends_at_a_fifth_over_the_need() -> None:
    path = Path()
    path.run(2, need=2e6)
    rates = [octets * 8 / TICK_S for _, octets in path.paddings]
    assert max(rates) < 2e6 * OVER_NEED * 2.1
    assert sum(sorted(rates)[-20:]) / 20 < 2e6 * OVER_NEED * 1.1


def test_a_probe_costs_little_where_there_is_no_room() -> None:
    path = Path(capacity=850e3)
    path.run(2.5, need=3e6)
    assert path.probed < 2.4e6 / 8 * (1 + HOLD_S) / 2
    assert path.estimate.bitrate < 900e3


def test_refused_probes_come_seldom_and_still_before_six_seconds() -> None:
    path = Path(capacity=850e3)
    path.run(60, need=3e6)
    begins = path.begins()
    apart = [later - earlier for earlier, later in pairwise(begins)]
    assert apart[0] >= EVERY_S
    assert max(apart) < 7
    assert 8 <= len(begins) <= 20


def test_a_network_that_was_slow_for_long_is_asked_less_and_less() -> None:
    path = Path(capacity=850e3)
    path.run(1200, need=3e6)
    begins = path.begins()
    assert begins[-1] - begins[-2] > 30


def test_room_that_appears_is_found() -> None:
    path = Path(capacity=850e3)
    path.run(60, need=3e6)
    path.capacity = 1e9
    path.run(8, need=3e6)
    assert path.estimate.bitrate > 3e6
