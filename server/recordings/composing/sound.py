"""All that is heard, second by second: mixed from every track, with who is speaking."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from server.recordings.composing.job import SOUND_RATE, Job
from server.recordings.composing.lesson import paused, tracks
from server.recordings.composing.mixing import Sound, levels, mix
from server.recordings.composing.reading import Tally
from server.recordings.composing.speaking import SILENT_DB, SpeakerChoice, ToldSpeaker
from server.recordings.composing.voices import SoundTrack

LEAD_MS = 400  # pictures change so long before a new speaker is sure: about when they began


class SoundOfLesson:
    """Works ahead of the pictures, so that a speaker is known when the picture needs it."""

    def __init__(self, job: Job, tally: Tally) -> None:
        self._job = job
        self._tracks = {
            track: SoundTrack(segments, tally)
            for track, segments in tracks(job.segments, "microphone", "screen-audio").items()
        }
        self._step = SOUND_RATE // job.fps
        self._told = None if job.speaking is None else ToldSpeaker(job.speaking)
        self._choice = SpeakerChoice()
        self._lead = LEAD_MS * job.fps // 1000
        self._known: deque[str | None] = deque()  # speakers by the microphones, one for each picture
        self._first = 0  # which picture the first of them is for
        self.heard = 0  # pictures whose sound was mixed

    def next(self, pictures: int) -> Sound:
        """The sound of so many pictures."""
        start, count = self.heard * self._step, pictures * self._step
        read = {track: one.read(start, count) for track, one in self._tracks.items()}
        mixed = mix((block for block in read.values() if block is not None), count)
        voices = {who: block for (who, source), block in read.items() if source == "microphone"}
        if self._told is None:
            self._note_speakers(voices, pictures)
        self._mute_pauses(mixed, pictures)
        self.heard += pictures
        return mixed

    def ready_for(self, number: int) -> bool:
        return self.heard > number + self._lead

    def speaker(self, number: int) -> str | None:
        """At picture `number`; goes forwards only."""
        if self._told is not None:
            return self._told.at(number * 1000 / self._job.fps)
        wanted = number + self._lead
        while self._first < wanted and len(self._known) > 1:
            self._known.popleft()
            self._first += 1
        return self._known[0] if self._known else None

    def _note_speakers(self, voices: dict[str, Sound | None], pictures: int) -> None:
        silent = [SILENT_DB] * pictures
        loud = {
            who: silent if block is None else levels(block, self._step) for who, block in voices.items()
        }
        for place in range(pictures):
            ms = (self.heard + place + 1) * 1000 / self._job.fps
            now = {who: of_each[place] for who, of_each in loud.items()}
            self._known.append(self._choice.hear(now, ms))

    def _mute_pauses(self, mixed: Sound, pictures: int) -> None:
        """By pictures: what was said in a pause is not recorded, and would not be heard if it were."""
        for place in self._paused(range(pictures)):
            mixed[:, place * self._step : (place + 1) * self._step] = 0

    def _paused(self, places: Sequence[int]) -> list[int]:
        fps = self._job.fps
        return [one for one in places if paused(self._job.pauses, (self.heard + one) * 1000 / fps)]
