"""Who is the current speaker. PURE: levels in dBFS and times in milliseconds go in."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence

from server.recordings.composing.job import Speaking

HEARD_DB = -48.0  # below this a microphone carries no speech
LOUDER_DB = 6.0  # who interrupts must be louder by so much
INSIST_MS = 500  # and for so long: a cough changes nothing
HOLD_MS = 2000  # a change of the picture stays so long at least
FALL_DB_MS = 0.1  # how fast a level falls: speech has pauses between words
SILENT_DB = -100.0


class SpeakerChoice:
    """Asked in steps of one picture; keeps the last speaker through silence."""

    def __init__(self) -> None:
        self.speaker: str | None = None
        self._smooth: dict[str, float] = {}
        self._rival: str | None = None
        self._rival_since = 0.0
        self._changed = float("-inf")
        self._last = 0.0

    def hear(self, levels: Mapping[str, float], ms: float) -> str | None:
        """Take the levels of the step that ends at `ms`; gives the speaker."""
        self._fall(levels, ms)
        loudest = max(self._smooth, key=lambda one: self._smooth[one], default=None)
        if loudest is None or not self._challenges(loudest):
            self._rival = None
            return self.speaker
        if self._rival != loudest:
            self._rival, self._rival_since = loudest, ms
        if ms - self._rival_since >= INSIST_MS and ms - self._changed >= HOLD_MS:
            self.speaker, self._rival, self._changed = loudest, None, ms
        return self.speaker

    def _fall(self, levels: Mapping[str, float], ms: float) -> None:
        fallen = (ms - self._last) * FALL_DB_MS
        self._last = ms
        self._smooth = {
            person: max(level, self._smooth.get(person, SILENT_DB) - fallen)
            for person, level in levels.items()
        }

    def _challenges(self, person: str) -> bool:
        level = self._smooth[person]
        if person == self.speaker or level < HEARD_DB:
            return False
        against = self._smooth.get(self.speaker or "", SILENT_DB)
        return against < HEARD_DB or level >= against + LOUDER_DB


class ToldSpeaker:
    """The speaker by what was noted during the lesson; through silence the last one."""

    def __init__(self, noted: Sequence[Speaking]) -> None:
        self.speaker: str | None = None
        self._coming = deque(sorted(noted, key=lambda span: span.from_ms))
        self._open: list[Speaking] = []
        self._changed = float("-inf")

    def at(self, ms: float) -> str | None:
        """`ms` never goes back. Of several at once it is who began last."""
        while self._coming and self._coming[0].from_ms <= ms:
            self._open.append(self._coming.popleft())
        self._open = [span for span in self._open if span.to_ms > ms]
        wanted = self._open[-1].participant if self._open else self.speaker
        if wanted != self.speaker and ms - self._changed >= HOLD_MS:
            self.speaker, self._changed = wanted, ms
        return self.speaker
