"""What happened in a lesson, on the time line of its recording: pauses, chapters, captions. PURE.

Nothing is told of somebody whom the recording does not have: no name, no screen, none of their words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.classroom.happenings import Happening, Person
from server.recordings.films.chapters import Chapter, Hand, Span, chapters, of_hands, titled

SCREEN_BACK_MS = 60_000  # a screen that comes back sooner is the same
JOINED_MS = 500  # between two segments of one stretch
RAISED_MS = 3_000  # a hand that is down sooner was a slip
CAPTION_MS_A_LETTER = 60  # about as fast as people speak
CAPTION_MS = 1_000, 7_000  # the shortest and the longest
MARKED = "Marked moment"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A stretch of somebody that the recording has."""

    participant: str
    source: str
    from_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True)
class Words:
    from_ms: int
    to_ms: int
    participant: str
    text: str


@dataclass(frozen=True, slots=True)
class Story:
    pauses: tuple[Span, ...]
    chapters: tuple[Chapter, ...]
    captions: tuple[Words, ...]


class Teller:
    """Everything that is asked to tell the story of one recording."""

    def __init__(
        self,
        origin_at: datetime,
        happened: Sequence[Happening],
        recorded: Sequence[Recorded],
        people: Mapping[str, Person],
        objectives: Sequence[str],
    ) -> None:
        self._origin_at = origin_at
        self._happened = happened
        self._recorded = recorded
        self._people = people
        self._objectives = objectives
        self._total_ms = max((one.to_ms for one in recorded), default=0)
        self._shown = {one.participant for one in recorded}

    def story(self) -> Story:
        pauses = self._pauses()
        marks = [*self._screens(), *of_hands(self._hands()), *self._polls(), *self._moments()]
        marks += self._ticked()
        return Story(pauses, chapters(marks, pauses, self._total_ms), tuple(self._captions(pauses)))

    def _ms(self, one: Happening) -> int:
        return round((one.at - self._origin_at).total_seconds() * 1000)

    def _of(self, *kinds: str) -> list[Happening]:
        return [one for one in self._happened if one.kind in kinds]

    def _name(self, participant: str) -> str:
        """Empty for whom the recording does not show."""
        person = self._people.get(participant) if participant in self._shown else None
        return person.name if person else ""

    # --- pauses

    def _pauses(self) -> tuple[Span, ...]:
        found: list[Span] = []
        since: int | None = None
        for one in self._of("recording-pause", "recording-resume", "recording-stop"):
            ms = min(max(0, self._ms(one)), self._total_ms)
            if one.kind == "recording-pause":
                since = ms if since is None else since
            elif since is not None:
                found.append((since, ms))
                since = None
        if since is not None:
            found.append((since, self._total_ms))
        return tuple((first, end) for first, end in found if first < end)

    # --- chapters

    def _screens(self) -> list[Chapter]:
        """Of those whose screen was recorded."""
        recorded = {one.participant for one in self._recorded if one.source == "screen"}
        found: list[Chapter] = []
        ended: dict[str, int] = {}
        for one in self._of("screen", "screen-end"):
            ms, who = self._ms(one), one.participant
            if one.kind == "screen-end":
                ended[who] = ms
            elif who in recorded and (who not in ended or ms - ended[who] >= SCREEN_BACK_MS):
                found.append(Chapter(ms, f"{self._name(who)} shares a screen", "screen"))
        return found

    def _hands(self) -> list[Hand]:
        """A hand counts as answered when it went down again while its owner stayed."""
        up: dict[str, int] = {}
        found: list[Hand] = []
        for one in self._of("hand", "hand-lowered"):
            ms, who = self._ms(one), one.participant
            if one.kind == "hand":
                up[who] = ms
                continue
            since = up.pop(who, None)
            if since is not None and ms - since >= RAISED_MS and not one.detail.get("left"):
                found.append(Hand(since, ms, self._name(who)))
        return found

    def _polls(self) -> list[Chapter]:
        asked = self._of("poll")
        return [Chapter(self._ms(one), f"Poll: {_said(one, 'question')}", "poll") for one in asked]

    def _moments(self) -> list[Chapter]:
        marked = self._of("moment")
        return [Chapter(self._ms(one), titled(_said(one, "label")) or MARKED, "moment") for one in marked]

    def _ticked(self) -> list[Chapter]:
        """When each was ticked for the last time, if it stayed so."""
        last = {one.detail.get("index"): one for one in self._of("objective")}
        return [
            Chapter(self._ms(last[index]), f"Reached: {text}", "objective")
            for index, text in enumerate(self._objectives)
            if index in last and last[index].detail.get("reached")
        ]

    # --- captions

    def _captions(self, pauses: Sequence[Span]) -> list[Words]:
        """What was said where its speaker is recorded; events tell when somebody had said it."""
        found: list[Words] = []
        until: dict[str, int] = {}
        for one in self._of("caption"):
            text, end = _said(one, "text").strip(), self._ms(one)
            first = max(0, end - _spoken_ms(text), until.get(one.participant, 0))
            until[one.participant] = max(end, until.get(one.participant, 0))
            if text and first < end and self._heard(one.participant, first, end, pauses):
                found.append(Words(first, end, one.participant, text))
        return sorted(found, key=lambda words: words.from_ms)

    def _heard(self, participant: str, first: int, end: int, pauses: Sequence[Span]) -> bool:
        """All the time that these words took."""
        if any(first < stop and start < end for start, stop in pauses):
            return False
        return any(start <= first and end <= stop for start, stop in self._speech(participant))

    def _speech(self, participant: str) -> list[Span]:
        """Where their microphone is recorded; one segment follows another without a hole."""
        spans: list[Span] = []
        own = (
            (one.from_ms, one.to_ms)
            for one in self._recorded
            if (one.participant, one.source) == (participant, "microphone")
        )
        for first, end in sorted(own):
            if spans and first - spans[-1][1] <= JOINED_MS:
                spans[-1] = spans[-1][0], max(end, spans[-1][1])
            else:
                spans.append((first, end))
        return spans


def _said(one: Happening, field: str) -> str:
    found: Any = one.detail.get(field)
    return found if isinstance(found, str) else ""


def _spoken_ms(text: str) -> int:
    shortest, longest = CAPTION_MS
    return min(longest, max(shortest, len(text) * CAPTION_MS_A_LETTER))
