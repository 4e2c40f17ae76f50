"""How full a node is, as one figure: the fullest of processor, egress, peers and lateness. PURE."""

from __future__ import annotations

LATE_FULL_S = 0.1  # a loop that runs so late on average can't take any more
LATE_WEIGHT = 0.01  # of one tick among those before: with 50 ticks a second the mean of about two seconds
STRAINED_LATE_S = 0.04  # on average: two ticks of the packet path are lost, which is heard
STRAINED_SHARE = 0.95  # of the processor, or of what may go out
SHARE_WEIGHT = 0.5  # of one sample of processor and egress


class Stress:
    """`max_egress_mbps` is in Mbit/s. Shares are 0 (idle) to 1 (full)."""

    def __init__(self, max_egress_mbps: int, max_peers: int) -> None:
        self._full_octets = max_egress_mbps * 1_000_000 / 8
        self._max_peers = max_peers
        self._before: tuple[float, float, int] | None = None
        self._processor = self._egress = 0.0
        self.late_s = 0.0

    def tick(self, late_s: float) -> None:
        """The loop came to its timer so late."""
        self.late_s += (late_s - self.late_s) * LATE_WEIGHT

    def sample(self, now: float, processor_s: float, octets: int) -> None:
        """What the process has used up to `now`: processor time, and bytes sent. One core is full, since
        the loop has no more."""
        before, self._before = self._before, (now, processor_s, octets)
        if before is None or now <= before[0]:
            return
        span = now - before[0]
        self._processor = _blend(self._processor, (processor_s - before[1]) / span)
        self._egress = _blend(self._egress, (octets - before[2]) / span / self._full_octets)

    @property
    def strained(self) -> bool:
        """More is asked of the node than it can do: what people hear suffers."""
        return self.late_s > STRAINED_LATE_S or max(self._processor, self._egress) > STRAINED_SHARE

    def value(self, peers: int) -> float:
        shares = (self._processor, self._egress, peers / self._max_peers, self.late_s / LATE_FULL_S)
        return min(1.0, max(shares))


def _blend(before: float, sample: float) -> float:
    return before + (sample - before) * SHARE_WEIGHT
