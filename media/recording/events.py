"""What a recorder is told to write and what it reports: values for the control link."""

from __future__ import annotations

from dataclasses import dataclass

from media.forward.interfaces import Kind


@dataclass(frozen=True, slots=True)
class TrackKey:
    """Whose track of which recording this is. `source` is the wire's word (camera, microphone, ...)."""

    room: str
    recording: str
    participant: str
    source: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class SegmentOpened:
    """The first frame is written. `start_ms` is its place on the lesson's time line."""

    key: TrackKey
    segment: str
    start_ms: int


@dataclass(frozen=True, slots=True)
class SegmentClosed:
    """A playable WebM file waits under `Recorder.path(segment)`. `sha256` is hexadecimal.

    `salvaged` marks what a crash left and was repaired."""

    key: TrackKey
    segment: str
    start_ms: int
    duration_ms: int
    size: int
    sha256: str
    salvaged: bool = False


@dataclass(frozen=True, slots=True)
class SegmentLost:
    """What was opened held nothing playable when a crash was repaired."""

    key: TrackKey
    segment: str


@dataclass(frozen=True, slots=True)
class RecordingTrouble:
    """This track is not written any more; the call goes on.

    `reason`: disk_full, write_failed, queue (the writer can't keep up)."""

    key: TrackKey
    reason: str


RecorderEvent = SegmentOpened | SegmentClosed | SegmentLost | RecordingTrouble
