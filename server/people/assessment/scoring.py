"""From right and wrong answers to a level. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction

from server.people.skills import LEVELS

# of the questions up to a level: guessing among four answers gets beyond the first one in 30 times
ENOUGH = Fraction(2, 3)


@dataclass(frozen=True, slots=True)
class Mark:
    """One answer: to a question of which level, and whether it was right."""

    level: str
    right: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a try came to; `score` is in percent."""

    score: int
    level: str


def outcome(marks: Collection[Mark]) -> Outcome:
    """The first level is everybody's; each further one asks for enough right answers on it, and on it and
    all levels below it together."""
    level = LEVELS[0]
    for number, harder in enumerate(LEVELS[1:], 2):
        if not (_enough(marks, {harder}) and _enough(marks, LEVELS[:number])):
            break
        level = harder
    right = sum(mark.right for mark in marks)
    return Outcome(round(100 * right / len(marks)) if marks else 0, level)


def _enough(marks: Collection[Mark], levels: Collection[str]) -> bool:
    counted = [mark.right for mark in marks if mark.level in levels]
    return bool(counted) and Fraction(sum(counted), len(counted)) >= ENOUGH
