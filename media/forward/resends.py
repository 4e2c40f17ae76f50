"""Which packets one subscriber was sent again, so that a NACK storm costs at most a few repeats."""

from __future__ import annotations

MIN_SPACING_S = 0.1  # a repeat needs at least this long to show; the round trip if longer
MAX_RESENDS = 3  # of one packet (LiveKit, mediasoup)
KEPT = 1024  # numbers remembered: as many as a source's cache can serve
FORGOTTEN_S = 10.0  # after this a number may stand for another packet: they wrap


class Resends:
    """Sequence numbers mapped to (when sent again last, how often)."""

    __slots__ = ("_sent",)

    def __init__(self) -> None:
        self._sent: dict[int, tuple[float, int]] = {}

    def allow(self, sequence_number: int, now: float, rtt: float) -> bool:
        """True when the packet may be sent again now; it counts as sent."""
        last, times = self._sent.pop(sequence_number, (now - MIN_SPACING_S - rtt, 0))
        if now - last > FORGOTTEN_S:
            times = 0
        allowed = times < MAX_RESENDS and now - last >= max(rtt, MIN_SPACING_S)
        self._sent[sequence_number] = (now, times + 1) if allowed else (last, times)
        if len(self._sent) > KEPT:
            del self._sent[next(iter(self._sent))]
        return allowed

    def clear(self) -> None:
        self._sent.clear()
