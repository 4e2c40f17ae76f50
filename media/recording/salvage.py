"""Repairs what a crash left open: a file with duration and cues of what is on disk."""

from __future__ import annotations

import logging

from media.recording.events import SegmentClosed, SegmentOpened
from media.recording.files import SegmentFiles
from media.recording.webm import remux

logger = logging.getLogger(__name__)


def salvage(files: SegmentFiles, left: SegmentOpened) -> SegmentClosed | None:
    """The repaired segment; None when nothing playable was written: then its media are deleted, and its
    sidecar stays until somebody has taken note.

    Raises one of `webm.MuxError` when the disk does not allow it; what is left can be tried again."""
    mended = files.mended(left.segment)
    duration_ms = remux(files.part(left.segment), mended)
    if not mended.exists():
        logger.warning("segment %s of room %s held nothing playable", left.segment, left.key.room)
        files.drop_media(left.segment)
        return None
    return files.close(left, mended, duration_ms, salvaged=True)
