"""What is to be composed: the border of the composing process, parsed once.

All times are milliseconds on the recording's time line, which is the film's.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

SOUND_RATE = 48000  # Hz, of Opus and of the film
LONGEST_MS = 24 * 3600 * 1000

Ms = Annotated[int, Field(ge=0, le=LONGEST_MS)]
Side = Annotated[int, Field(ge=160, le=3840, multiple_of=2)]
Source = Literal["camera", "microphone", "screen", "screen-audio"]
Kind = Literal["audio", "video"]

KINDS: dict[Source, Kind] = {
    "camera": "video",
    "screen": "video",
    "microphone": "audio",
    "screen-audio": "audio",
}


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Span(_Value):
    """From `from_ms` up to, not including, `to_ms`."""

    from_ms: Ms
    to_ms: Ms

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.to_ms <= self.from_ms:
            raise ValueError("it must end after it begins")
        return self


class Segment(_Value):
    """One WebM file with one track. `participant` tells people apart, the film calls them by `name`."""

    path: Path
    participant: str
    name: str
    role: str = "learner"
    source: Source
    kind: Kind
    start_ms: Ms
    duration_ms: Ms

    @property
    def end_ms(self) -> int:
        return self.start_ms + self.duration_ms

    @model_validator(mode="after")
    def _kind_of_source(self) -> Self:
        if KINDS[self.source] != self.kind:
            raise ValueError(f"{self.source} is {KINDS[self.source]}")
        return self


class Pause(_Span):
    """The recording was paused: no picture and no sound is shown, whatever the segments hold."""


class Speaking(_Span):
    """Who was the current speaker."""

    participant: str


class Chapter(_Value):
    at_ms: Ms
    title: Annotated[str, Field(min_length=1, max_length=200)]


class Caption(_Span):
    """What somebody said; `name` is empty when nobody in particular did."""

    name: str = ""
    text: str


class Job(_Value):
    """`output` is the film's path without a suffix: `.mp4` or `.webm`, `.jpg` and `.vtt` are added.

    `speaking` None: the speaker is found by the microphones' levels. `duration_ms` None: up to the last
    segment's end. `without_screen`: the speaker fills the picture, or up to four people share it."""

    title: Annotated[str, Field(max_length=300)] = ""
    output: Path
    segments: Annotated[tuple[Segment, ...], Field(min_length=1, max_length=20_000)]
    pauses: tuple[Pause, ...] = ()
    speaking: tuple[Speaking, ...] | None = None
    chapters: tuple[Chapter, ...] = ()
    captions: tuple[Caption, ...] = ()
    width: Side = 1280
    height: Side = 720
    fps: Literal[10, 15, 20, 24, 25, 30, 50, 60] = 25  # each divides the sound's rate
    duration_ms: Ms | None = None
    without_screen: Literal["speaker", "grid"] = "speaker"
    codecs: Literal["best", "h264", "vp8"] = "best"

    @property
    def total_ms(self) -> int:
        if self.duration_ms is not None:
            return self.duration_ms
        return max(segment.end_ms for segment in self.segments)

    @model_validator(mode="after")
    def _has_a_length(self) -> Self:
        if self.total_ms == 0:
            raise ValueError("there is nothing to show: the film would be empty")
        return self


class Composed(_Value):
    """What was made. `unreadable` counts segments of which nothing could be read."""

    film: Path
    poster: Path
    captions: Path | None
    media_type: str
    duration_ms: int
    unreadable: int
