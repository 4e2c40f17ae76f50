"""The packets a source lacks, and when to ask for each again (RFC 4585 §6.2.1; timing is mediasoup's)."""

from __future__ import annotations

from media.rtp.sequence import sequence_step

NACK_AFTER_S = 0.020  # a packet this late is more likely lost than reordered
NACK_SPACING_S = 0.040  # at least between two requests for one packet; the round trip if longer
MAX_TRIES = 10
MAX_MISSING = 1000  # a longer list means an outage: a keyframe is cheaper


class MissingPackets:
    """Sequence numbers mapped to (when to ask next, how often asked)."""

    __slots__ = ("_asked", "next_due")

    def __init__(self) -> None:
        self._asked: dict[int, tuple[float, int]] = {}
        self.next_due: float | None = None

    def __len__(self) -> int:
        return len(self._asked)

    def add(self, sequence_number: int, now: float) -> None:
        self._asked[sequence_number] = (now + NACK_AFTER_S, 0)
        if self.next_due is None:
            self.next_due = now + NACK_AFTER_S

    def found(self, sequence_number: int) -> None:
        """The packet came; nothing happens when it was not missed."""
        if sequence_number in self._asked:
            del self._asked[sequence_number]
            if not self._asked:
                self.next_due = None

    def forget_before(self, sequence_number: int) -> None:
        """Drop all older than this one: the keyframe that starts here needs none of them."""
        old = [number for number in self._asked if sequence_step(number, sequence_number) > 0]
        for number in old:
            self.found(number)

    def clear(self) -> None:
        self._asked.clear()
        self.next_due = None

    def take_due(self, now: float, rtt: float) -> tuple[list[int], bool]:
        """(numbers to ask for now, True when one was given up after MAX_TRIES)."""
        if self.next_due is None or now < self.next_due:
            return [], False
        due = [number for number, (when, _) in self._asked.items() if when <= now]
        wanted = [number for number in due if self._asked[number][1] < MAX_TRIES]
        again = now + max(rtt, NACK_SPACING_S)
        for number in due:
            tries = self._asked.pop(number)[1]
            if tries < MAX_TRIES:
                self._asked[number] = (again, tries + 1)
        self.next_due = min((when for when, _ in self._asked.values()), default=None)
        return wanted, len(wanted) < len(due)
