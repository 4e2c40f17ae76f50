"""What was sent to one receiver under which transport-wide number, and what its feedback says of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from media.rtp.sequence import SEQUENCE_MASK, Unwrapper
from media.rtp.twcc import TICKS_PER_REFERENCE, TICKS_PER_SECOND, TransportFeedback

SLOTS = 4096  # packets: two seconds at 24 Mbit/s; a power of two
SLOT_MASK = SLOTS - 1
INFINITY = float("inf")


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What one feedback packet tells that was not known before.

    `octets` arrived, in `packets`; of these `found` had been told to be lost. `delay` are the quickest
    one's seconds from sending to arrival, on two clocks that stand apart by an unknown constant, and
    `arrived` is the newest arrival on the receiver's. `round_trip` are seconds from the newest packet's
    sending until the feedback was here; None when nothing new arrived."""

    octets: int
    packets: int
    lost: int
    found: int
    arrived: float
    delay: float
    round_trip: float | None


class SentPackets:
    """Implements `PacketNumbers`. A slot's size is 0 once it arrived and negative once it was lost."""

    __slots__ = ("_judged", "_next", "_reference", "_sizes", "_times", "octets")

    def __init__(self) -> None:
        self._times = [0.0] * SLOTS
        self._sizes = [0] * SLOTS
        self._next = 0
        self._judged = 0  # the first number that no feedback has told of, or of one after it
        self._reference = Unwrapper(24)
        self.octets = 0

    def next(self, size: int, now: float) -> int:
        number = self._next
        slot = number & SLOT_MASK
        self._times[slot] = now
        self._sizes[slot] = size
        self._next = number + 1
        self.octets += size
        return number & SEQUENCE_MASK

    def acknowledge(self, feedback: TransportFeedback, now: float) -> Acknowledged:
        """Book what arrived and what was lost, each packet once, however often it is told."""
        first = self._unwrap(feedback.base)
        octets = self._pass_over(first)
        zero = self._reference.unwrap(feedback.reference) * TICKS_PER_REFERENCE
        newest, arrived, delay = 0.0, -INFINITY, INFINITY
        packets = found = 0
        oldest, sizes, times = max(0, self._next - SLOTS), self._sizes, self._times
        for place, ticks in feedback.received:
            number = first + place
            size = sizes[number & SLOT_MASK] if oldest <= number < self._next else 0
            if size:
                slot = number & SLOT_MASK
                sizes[slot] = 0
                packets += 1
                if size < 0:
                    found, size = found + 1, -size
                octets += size
                arrival, sent = (zero + ticks) / TICKS_PER_SECOND, times[slot]
                if arrival > arrived:
                    arrived = arrival
                if sent > newest:
                    newest = sent
                if arrival - sent < delay:
                    delay = arrival - sent
        lost = self._lose(first + feedback.size)
        round_trip = max(0.0, now - newest) if packets else None
        return Acknowledged(octets, packets, lost, found, arrived, delay, round_trip)

    def _unwrap(self, number: int) -> int:
        """The newest number handed out that looks like this in 16 bits."""
        return self._next - 1 - ((self._next - 1 - number) & SEQUENCE_MASK)

    def _pass_over(self, first: int) -> int:
        """Octets before `first` of which no feedback will tell, for it was lost itself: they count as
        arrived, or loss on the way back would look like a slow way there."""
        octets = 0
        for slot in self._unjudged(first):
            octets += self._sizes[slot]
            self._sizes[slot] = 0
        return octets

    def _lose(self, end: int) -> int:
        """How many before `end` are lost: told of now for the first time, and not to have arrived."""
        lost = 0
        for slot in self._unjudged(end):
            if self._sizes[slot] > 0:
                self._sizes[slot] = -self._sizes[slot]
                lost += 1
        return lost

    def _unjudged(self, end: int) -> Iterator[int]:
        """The slots of the numbers up to `end`, each once and never again."""
        end = min(end, self._next)
        begin = max(self._judged, self._next - SLOTS)
        self._judged = max(self._judged, end)
        return (number & SLOT_MASK for number in range(begin, end))
