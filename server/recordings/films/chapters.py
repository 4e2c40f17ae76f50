"""Which moments of a lesson are chapters of its film. PURE: times are milliseconds of the film."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

ChapterKind = Literal["start", "screen", "hand", "poll", "objective", "moment"]

APART_MS = 15_000  # of two chapters that are nearer the weightier stays
HANDS_APART_MS = 60_000  # hands that follow each other sooner are one chapter
LEAD_MS = 30_000  # a hand that waited long: from so much before it was answered
LONGEST_TITLE = 100
START = "Start"
# What a mentor marked was meant to be found again; hands go up all the time.
WEIGHT: dict[ChapterKind, int] = {"moment": 0, "poll": 1, "objective": 2, "screen": 3, "hand": 4}


@dataclass(frozen=True, slots=True)
class Chapter:
    """A place to jump to on the recording's time line."""

    at_ms: int
    title: str
    kind: ChapterKind


@dataclass(frozen=True, slots=True)
class Hand:
    """A raised hand that was answered. `name` is empty for somebody whom the recording does not show."""

    up_ms: int
    down_ms: int
    name: str

    @property
    def at_ms(self) -> int:
        return max(self.up_ms, self.down_ms - LEAD_MS)


Span = tuple[int, int]  # from, up to and not including


def chapters(marks: Iterable[Chapter], pauses: Sequence[Span], total_ms: int) -> tuple[Chapter, ...]:
    """In the order of time, `APART_MS` from each other, the first at the very start. None where nothing
    was marked; what happened before the recording, after it or in a pause is not in it."""
    kept: list[Chapter] = []
    inside = (one for one in marks if 0 <= one.at_ms < total_ms and not _in_any(pauses, one.at_ms))
    for one in sorted(inside, key=lambda one: (WEIGHT[one.kind], one.at_ms)):
        at_ms = one.at_ms if one.at_ms >= APART_MS else 0
        if all(abs(at_ms - other.at_ms) >= APART_MS for other in kept):
            kept.append(Chapter(at_ms, titled(one.title), one.kind))
    kept.sort(key=lambda one: one.at_ms)
    if kept and kept[0].at_ms > 0:
        kept.insert(0, Chapter(0, START, "start"))
    return tuple(kept)


def of_hands(hands: Iterable[Hand]) -> list[Chapter]:
    """One for hands that follow each other within a minute."""
    groups: list[list[Hand]] = []
    for hand in sorted(hands, key=lambda hand: hand.at_ms):
        if groups and hand.at_ms - groups[-1][-1].at_ms < HANDS_APART_MS:
            groups[-1].append(hand)
        else:
            groups.append([hand])
    return [Chapter(group[0].at_ms, _asked(group), "hand") for group in groups]


def _asked(group: Sequence[Hand]) -> str:
    names = list(dict.fromkeys(hand.name for hand in group if hand.name))
    what = "A question" if len(group) == 1 else "Questions"
    if not names or len(names) > 3:
        return what
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{what} from {listed}"


def titled(text: str) -> str:
    """In one line, without what no line shows, and not too long."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    line = " ".join(plain.split())
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1].rstrip() + "…"


def _in_any(spans: Sequence[Span], ms: int) -> bool:
    return any(first <= ms < end for first, end in spans)
