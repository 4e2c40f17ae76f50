"""Where the sound of a track's packets goes: on the one time line, without overlaps or drift. PURE.

Packets say when they belong; decoded blocks have a length. The two differ a little all the time (times
are rounded to milliseconds, sound cards run apart from the node's clock) and much after a gap."""

from __future__ import annotations

from typing import NamedTuple

from server.recordings.composing.job import SOUND_RATE

APART = SOUND_RATE * 15 // 1000  # more is a gap or an overlap, no drift: less than one packet
NOTICED = SOUND_RATE * 4 // 1000  # drift is corrected from here: rounding of times stays below
CORRECTED = SOUND_RATE // 1000  # to here
SLEW = 0.002  # most change of speed: 1000 ppm of drift are followed twice over, and nobody hears it


class Placed(NamedTuple):
    """In samples: leave out `skip` of the block, stretch the rest to `length`, put it at `at`.

    `length` 0: nothing of it is used."""

    at: int
    skip: int
    length: int


class Placement:
    """`cursor` is where the sound placed so far ends; None before the first block."""

    def __init__(self) -> None:
        self.cursor: int | None = None
        self._correcting = False

    def place(self, position: int, count: int) -> Placed:
        """A block of `count` samples that belongs to `position`. What is placed never overlaps."""
        error = 0 if self.cursor is None else position - self.cursor
        if self.cursor is None or error > APART:
            return self._put(position, 0, count)
        if error < -APART:
            skip = min(count, -error)
            return self._put(self.cursor, skip, count - skip)
        return self._put(self.cursor, 0, count + self._slewed(error, count))

    def _put(self, at: int, skip: int, length: int) -> Placed:
        self.cursor = at + length
        return Placed(at, skip, length)

    def _slewed(self, error: int, count: int) -> int:
        """How many samples longer (or, below zero, shorter) the block is made."""
        if abs(error) >= NOTICED:
            self._correcting = True
        elif abs(error) <= CORRECTED:
            self._correcting = False
        most = max(1, round(count * SLEW)) if self._correcting and count > 1 else 0
        return max(-most, min(most, error))
