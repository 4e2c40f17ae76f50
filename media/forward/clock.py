"""The sender reports one subscriber gets, on the publisher's own clock, and the round trip they measure.

Audio and video of a publisher stay in step because both are reported on that one clock: NTP and RTP
timestamps of the publisher's newest report are carried on by the same time (RFC 3550 §6.4.1).
"""

from __future__ import annotations

from collections import deque

from media.rtp.rtcp import ReportBlock
from media.rtp.sequence import timestamp_step

NTP_SECOND = 1 << 32  # units of the 64-bit NTP timestamp
NTP_MASK = (1 << 64) - 1
NTP_HALF = 1 << 63
DELAY_UNITS = 65536  # per second, of the delay since the last SR
REPORTS_KEPT = 8  # sender reports a receiver may still answer
RTT_MAX_S = 10.0  # more is a lie

SenderClock = tuple[int, int, float]  # NTP timestamp, RTP timestamp, arrival


def carried_on(clock: SenderClock, clock_rate: int, now: float) -> tuple[int, int]:
    """(NTP timestamp, RTP timestamp) of `now` on the publisher's clock; the latter may exceed 32 bits."""
    ntp, rtp_timestamp, arrived = clock
    age = now - arrived
    return (ntp + int(age * NTP_SECOND)) & NTP_MASK, rtp_timestamp + int(age * clock_rate)


def aligned(old: SenderClock, new: SenderClock, timestamp: int, clock_rate: int) -> int:
    """What the clock `old` showed at the moment for which `new` shows `timestamp`, not masked.

    Both are streams of one publisher, so that their NTP timestamps are of one wall clock."""
    elapsed = ((new[0] - old[0] + NTP_HALF) & NTP_MASK) - NTP_HALF
    return old[1] + elapsed * clock_rate // NTP_SECOND + timestamp_step(new[1], timestamp)


class RoundTrip:
    """Remembers when reports went out, since their NTP timestamps are not on our clock."""

    __slots__ = ("_sent",)

    def __init__(self) -> None:
        self._sent: deque[tuple[int, float]] = deque(maxlen=REPORTS_KEPT)

    def sent(self, ntp: int, now: float) -> None:
        self._sent.append((ntp >> 16 & 0xFFFFFFFF, now))

    def measure(self, block: ReportBlock, now: float) -> float | None:
        """Seconds there and back (RFC 3550 §6.4.1, DLSR), or None when the block answers none of ours."""
        for last_sr, sent_at in self._sent:
            if last_sr == block.last_sr:
                rtt = now - sent_at - block.delay_since_last_sr / DELAY_UNITS
                return min(max(rtt, 0.0), RTT_MAX_S)
        return None
