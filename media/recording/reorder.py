"""Puts packets back into the order of their sequence numbers, waiting a little for late ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

from media.rtp.sequence import Unwrapper

MAX_HELD = 2048  # packets; more means that waiting is pointless
RESTART_STEP = 1000  # numbers backwards; a late packet is never that late

T = TypeVar("T")


class Ordered(NamedTuple, Generic[T]):
    """`gap`: packets before this one are lost for good."""

    gap: bool
    item: T


class ReorderBuffer(Generic[T]):
    """`hold` is how long (seconds) a missing packet is waited for."""

    def __init__(self, hold: float) -> None:
        self._hold = hold
        self._unwrapper = Unwrapper(16)
        self._next: int | None = None  # the number that may leave at once
        self._held: dict[int, tuple[float, T]] = {}  # in the order of arrival
        self._gap = False

    def push(self, sequence_number: int, item: T, now: float) -> Iterable[Ordered[T]]:
        """Take one packet; gives what may leave now, in order. Nearly always that is just this packet."""
        number = self._unwrapper.unwrap(sequence_number)
        if number == self._next and not self._held:
            self._next += 1
            gap, self._gap = self._gap, False
            return (Ordered(gap, item),)
        return self._push(number, sequence_number, item, now)

    def _push(self, number: int, sequence_number: int, item: T, now: float) -> Iterator[Ordered[T]]:
        if self._next is not None and number < self._next - RESTART_STEP:
            yield from self._restart(sequence_number)
            number = sequence_number
        if self._next is None:
            self._next = number
        if number >= self._next:
            self._held[number] = (now, item)
            yield from self.release(now)

    def release(self, now: float) -> Iterator[Ordered[T]]:
        """What may leave by now: all in order, and what waited longer than `hold` for missing ones."""
        while self._held:
            if self._next not in self._held and not self._skip(now):
                return
            yield self._leave()

    def flush(self) -> Iterator[Ordered[T]]:
        """Everything held, at the end."""
        yield from self.release(float("inf"))

    def _leave(self) -> Ordered[T]:
        assert self._next is not None
        _, item = self._held.pop(self._next)
        self._next += 1
        gap, self._gap = self._gap, False
        return Ordered(gap, item)

    def _skip(self, now: float) -> bool:
        """Give up what is missing before the first held packet, if that has waited long enough."""
        oldest, _ = next(iter(self._held.values()))
        if now - oldest < self._hold and len(self._held) <= MAX_HELD:
            return False
        self._next = min(self._held)
        self._gap = True
        return True

    def _restart(self, sequence_number: int) -> Iterator[Ordered[T]]:
        """The sender began anew with a number far back."""
        yield from self.flush()
        self._unwrapper = Unwrapper(16)
        self._next = self._unwrapper.unwrap(sequence_number)
        self._gap = True
