"""Which media node a room is given. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

FULL = 0.95  # of stress: beyond it lessons that run there would suffer
DISK_NEEDED = 512 * 1024 * 1024  # bytes; with less a node records nothing

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Candidate(Generic[T]):
    """A node that can be reached. `stress` is 0 to 1; `failing`: joining it did not work lately."""

    node: T
    stress: float
    rooms: int
    disk_free: int | None
    draining: bool = False
    failing: bool = False

    @property
    def open(self) -> bool:
        """Whether it takes new rooms."""
        return not self.draining and self.stress < FULL


def choose(candidates: Iterable[Candidate[T]], *, recorded: bool) -> T | None:
    """The node for a new room; None when none takes one.

    A lesson that is to be recorded goes where there is disk, but takes place without one as well."""
    able = [candidate for candidate in candidates if candidate.open]
    if not able:
        return None
    return min(able, key=lambda one: (recorded and _short_of_disk(one), *_order(one))).node


def _short_of_disk(candidate: Candidate[T]) -> bool:
    return candidate.disk_free is not None and candidate.disk_free < DISK_NEEDED


def _order(candidate: Candidate[T]) -> tuple[bool, float, int]:
    """Tenths of stress: smaller differences say less than how many rooms there are."""
    return candidate.failing, round(candidate.stress, 1), candidate.rooms
