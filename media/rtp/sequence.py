"""Serial number arithmetic: 16-bit sequence numbers, 32-bit timestamps (RFC 1982, RFC 3550 A.1)."""

from __future__ import annotations

SEQUENCE_MASK = 0xFFFF
SEQUENCE_HALF = 0x8000
TIMESTAMP_MASK = 0xFFFFFFFF
TIMESTAMP_HALF = 0x80000000


def sequence_step(old: int, new: int) -> int:
    """How far `new` lies ahead of `old`, from -32768 to 32767."""
    return ((new - old + SEQUENCE_HALF) & SEQUENCE_MASK) - SEQUENCE_HALF


def timestamp_step(old: int, new: int) -> int:
    """How many units `new` lies ahead of `old`, from -2**31 to 2**31 - 1."""
    return ((new - old + TIMESTAMP_HALF) & TIMESTAMP_MASK) - TIMESTAMP_HALF


class Unwrapper:
    """Turns numbers of `bits` bits into ones that never wrap.

    The first number stands for itself; each later one is taken as the nearest to the newest seen, so
    an early one that comes late may be negative."""

    __slots__ = ("_half", "_mask", "_newest")

    def __init__(self, bits: int) -> None:
        self._mask = (1 << bits) - 1
        self._half = 1 << (bits - 1)
        self._newest: int | None = None

    def unwrap(self, number: int) -> int:
        if self._newest is None:
            self._newest = number
            return number
        step = ((number - self._newest + self._half) & self._mask) - self._half
        extended = self._newest + step
        if step > 0:
            self._newest = extended
        return extended
