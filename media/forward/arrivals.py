"""When each packet of a publisher arrived, told back to it, so that its own congestion control adapts.

draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1. What was reported not long ago is repeated when
an earlier packet comes late, as browsers do it: one message then says how all of them came.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from media.rtp.rtcp import build_transport_feedback
from media.rtp.sequence import SEQUENCE_MASK, Unwrapper
from media.rtp.twcc import (
    COUNT_MASK,
    REFERENCE_MASK,
    TICKS_PER_REFERENCE,
    TICKS_PER_SECOND,
    TransportFeedback,
)

FEEDBACK_INTERVAL_S = 0.08  # with a tick of 20 ms a message each 80–100 ms
KEPT_S = 0.5  # a packet later than this is of no use to anybody's estimate
MAX_RECEIVED = 120  # packets told of in one message: less than 800 bytes at the worst
MAX_GAP = 1000  # lost in a row; after more a new message begins, and nobody hears of these


class Arrivals:
    """One per connection: numbers are counted over all its streams. `local_ssrc` sends the feedback."""

    __slots__ = ("_count", "_kept", "_local_ssrc", "_new", "_next", "_ssrc", "_unwrapper", "next_poll")

    def __init__(self, local_ssrc: int) -> None:
        self._local_ssrc = local_ssrc
        self._ssrc = 0
        self._new: dict[int, float] = {}  # 16-bit number: arrival
        self._kept: dict[int, float] = {}  # number that never wraps: arrival
        self._unwrapper = Unwrapper(16)
        self._next: int | None = None  # the first number not told of yet
        self._count = 0
        self.next_poll = 0.0

    @property
    def any(self) -> bool:
        """True once a packet carried a number: the publisher listens to this feedback."""
        return self._next is not None or bool(self._new)

    def receive(self, number: int, ssrc: int, now: float) -> None:
        """One packet, on the hot path; a duplicate keeps its first arrival."""
        self._ssrc = ssrc
        if number not in self._new:
            self._new[number] = now

    def poll(self, now: float) -> list[bytes]:
        """The feedback packets that are due."""
        if now < self.next_poll or not self.any:
            return []
        self.next_poll = now + FEEDBACK_INTERVAL_S
        if not self._new:
            return []
        first = self._take_new(now)
        start = first if self._next is None else min(first, self._next)
        numbers = sorted(self._kept)
        self._next = numbers[-1] + 1
        return [self._build(base, part) for base, part in _parts(start, numbers)]

    def _take_new(self, now: float) -> int:
        """Move what came since the last message into `_kept`; gives the lowest number of it."""
        kept, unwrap = self._kept, self._unwrapper.unwrap
        for number in [number for number, arrival in kept.items() if now - arrival > KEPT_S]:
            del kept[number]
        came = {unwrap(number): arrival for number, arrival in self._new.items()}
        self._new.clear()
        self._kept = came | kept
        return min(came)

    def _build(self, base: int, part: list[int]) -> bytes:
        ticks = [int(self._kept[number] * TICKS_PER_SECOND) for number in part]
        reference = ticks[0] // TICKS_PER_REFERENCE
        zero = reference * TICKS_PER_REFERENCE
        places = [number - base for number in part]
        received = tuple((place, arrival - zero) for place, arrival in zip(places, ticks, strict=True))
        feedback = TransportFeedback(
            self._local_ssrc,
            self._ssrc,
            base & SEQUENCE_MASK,
            places[-1] + 1,
            reference & REFERENCE_MASK,
            self._count,
            received,
        )
        self._count = (self._count + 1) & COUNT_MASK
        return build_transport_feedback(feedback)


def _parts(start: int, numbers: list[int]) -> Iterator[tuple[int, list[int]]]:
    """(first number, received ones) of each message, none of them long."""
    base, part = start, list[int]()
    for number in numbers[bisect_left(numbers, start) :]:
        expected = part[-1] + 1 if part else base
        if number - expected > MAX_GAP or len(part) == MAX_RECEIVED:
            if part:
                yield base, part
            base, part = number if number - expected > MAX_GAP else expected, []
        part.append(number)
    yield base, part
