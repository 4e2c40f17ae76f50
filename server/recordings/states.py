"""The states of a recording and of its segments."""

from __future__ import annotations

from enum import StrEnum


class RecordingStatus(StrEnum):
    """`finalising`: nothing more is written, some files are still on a media node."""

    RECORDING = "recording"
    FINALISING = "finalising"
    READY = "ready"
    DELETED = "deleted"


class SegmentStatus(StrEnum):
    """`recording`: open on the node; `finalising`: closed there, being fetched; `lost`: never came."""

    RECORDING = "recording"
    FINALISING = "finalising"
    READY = "ready"
    LOST = "lost"


# These are still to come.
PENDING = (SegmentStatus.RECORDING, SegmentStatus.FINALISING)
