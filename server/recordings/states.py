"""The states of a recording and of its segments."""

from __future__ import annotations

from enum import StrEnum


class RecordingStatus(StrEnum):
    """`finalising`: nothing more is written, some files are still on a media node; `expired`: it was kept
    for as long as we promise, and its files are gone."""

    RECORDING = "recording"
    FINALISING = "finalising"
    READY = "ready"
    DELETED = "deleted"
    EXPIRED = "expired"


class SegmentStatus(StrEnum):
    """`recording`: open on the node; `finalising`: closed there, being fetched; `lost`: never came;
    `erased`: gone with its recording."""

    RECORDING = "recording"
    FINALISING = "finalising"
    READY = "ready"
    LOST = "lost"
    ERASED = "erased"


class LessonFileStatus(StrEnum):
    """`failed`: nothing can be composed of what was kept; `reason` says why."""

    QUEUED = "queued"
    COMPOSING = "composing"
    READY = "ready"
    FAILED = "failed"


# Their files are gone, or about to go.
GONE = (RecordingStatus.DELETED, RecordingStatus.EXPIRED)
# These are still to come.
PENDING = (SegmentStatus.RECORDING, SegmentStatus.FINALISING)
