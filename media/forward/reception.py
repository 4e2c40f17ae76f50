"""How one source is received: sequence, loss and jitter (RFC 3550 A.1, A.3, A.8)."""

from __future__ import annotations

from media.rtp.rtcp import ReportBlock
from media.rtp.sequence import SEQUENCE_MASK, sequence_step, timestamp_step

MAX_DROPOUT = 3000  # packets a gap may have before it means a restarted sender (RFC 3550 A.1)
# Packets one may come late. A.1 says 100, but retransmissions take longer. The cache holds more, so that
# a late packet which is not in it never came before: no number is forwarded twice with other contents.
MAX_MISORDER = 1000
FRACTION_UNIT = 256  # of the fraction lost
LATEST_LOST, EARLIEST_LOST = 0x7FFFFF, -0x800000  # the 24 bits of the cumulative number lost
DELAY_UNITS = 65536  # per second, of the delay since the last SR

IN_ORDER = 1
RESTARTED = MAX_DROPOUT + 1
REFUSED = RESTARTED + 1


class Reception:
    """State of RFC 3550 A.1, without its probation: the packets are authenticated already."""

    __slots__ = (
        "_arrival",
        "_base",
        "_clock_rate",
        "_expected_before",
        "_jitter",
        "_newest",
        "_received_before",
        "_received_start",
        "_restart_at",
        "_timestamp",
        "received",
    )

    def __init__(self, clock_rate: int) -> None:
        self._clock_rate = clock_rate
        self._base = -1  # extended sequence number of the first packet, -1 before it
        self._newest = 0  # extended
        self._restart_at = -1  # A.1 bad_seq: the number that would confirm a restart
        self._arrival = 0.0
        self._timestamp = 0
        self._jitter = 0.0
        self._expected_before = 0
        self._received_before = 0
        self._received_start = 0  # what `received` was when the sender last began anew
        self.received = 0

    def receive(self, sequence_number: int, timestamp: int, now: float) -> int:
        """How far the packet lies ahead of the newest: IN_ORDER, more after a gap, 0 or less when late.

        RESTARTED for the first packet and when the sender began anew; REFUSED for one far off."""
        step = (sequence_number - self._newest) & SEQUENCE_MASK
        if step != IN_ORDER or self._base < 0:
            step = self._irregular(sequence_number)
            if step == REFUSED:
                return step
        if 0 < step < RESTARTED:
            self._newest += step
        if step != RESTARTED:
            self._measure_jitter(timestamp, now)
        self._arrival = now
        self._timestamp = timestamp
        self.received += 1
        return step

    def _irregular(self, sequence_number: int) -> int:
        step = sequence_step(self._newest & SEQUENCE_MASK, sequence_number)
        if self._base >= 0 and -MAX_MISORDER < step < MAX_DROPOUT:
            return step
        if self._base < 0 or self._restart_at == sequence_number:
            self._restart(sequence_number)
            return RESTARTED
        self._restart_at = (sequence_number + 1) & SEQUENCE_MASK
        return REFUSED

    def _restart(self, sequence_number: int) -> None:
        self._base = self._newest = sequence_number
        self._restart_at = -1
        self._expected_before = 0
        self._received_before = self._received_start = self.received

    def _measure_jitter(self, timestamp: int, now: float) -> None:
        """RFC 3550 A.8, with D from the differences so that wrapped timestamps need no care."""
        transit = (now - self._arrival) * self._clock_rate - timestamp_step(self._timestamp, timestamp)
        self._jitter += (abs(transit) - self._jitter) / 16

    @property
    def started(self) -> bool:
        return self._base >= 0

    @property
    def newest(self) -> int:
        """The highest sequence number so far, of 16 bits."""
        return self._newest & SEQUENCE_MASK

    @property
    def position(self) -> int:
        """The highest sequence number so far, extended by the count of its cycles."""
        return self._newest

    @property
    def expected(self) -> int:
        return self._newest - self._base + 1 if self.started else 0

    @property
    def lost(self) -> int:
        """Since the sender (re)started; negative when duplicates outnumber the lost."""
        return self.expected - (self.received - self._received_start)

    @property
    def jitter(self) -> int:
        """In timestamp units, mean deviation of the transit time."""
        return int(self._jitter)

    def report(self, ssrc: int, last_sr: int, delay: float) -> ReportBlock:
        """The block for the time since the last call; `delay` is seconds since the last SR, or 0."""
        return ReportBlock(
            ssrc=ssrc,
            fraction_lost=self._fraction_lost(),
            packets_lost=max(EARLIEST_LOST, min(LATEST_LOST, self.lost)),
            highest_sequence=self._newest & 0xFFFFFFFF,
            jitter=min(self.jitter, 0xFFFFFFFF),
            last_sr=last_sr,
            delay_since_last_sr=min(int(delay * DELAY_UNITS), 0xFFFFFFFF),
        )

    def _fraction_lost(self) -> int:
        """RFC 3550 A.3, over the interval since the last call."""
        expected = self.expected - self._expected_before
        lost = expected - (self.received - self._received_before)
        self._expected_before = self.expected
        self._received_before = self.received
        return min(255, lost * FRACTION_UNIT // expected) if expected > 0 and lost > 0 else 0
