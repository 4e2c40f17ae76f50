"""Writes tracks to disk beside the call: sinks only queue packets, one thread writes them all.

Whatever the disk does, the call goes on: a full queue, a full disk or a failed write ends the recording
of a track with a `RecordingTrouble`, never with an exception in `forward`.
"""

from __future__ import annotations

import errno
import logging
import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from weakref import WeakValueDictionary

from media.forward.interfaces import Source
from media.recording.events import (
    RecorderEvent,
    RecordingTrouble,
    SegmentClosed,
    SegmentLost,
    SegmentOpened,
    TrackKey,
)
from media.recording.files import SegmentFiles
from media.recording.pipeline import TrackPipeline
from media.recording.salvage import salvage
from media.recording.timeline import CaptureClock
from media.recording.track import TrackRecorder
from media.recording.webm import MuxError

logger = logging.getLogger(__name__)

DRAIN_S = 0.1  # between two looks at the queues: no wake-up per packet
DISK_CHECK_S = 1.0
STALLED_S = 1.0  # what waits for longer waits for a disk that does not answer
MIN_FREE_BYTES = 512 * 1024 * 1024  # below this the disk is left to the rest of the machine
JOIN_S = 10.0  # that closing waits for a stalled disk
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Recorder:
    """Owns the writer thread and the segments in `directory`.

    `on_event` is called from the recorder's threads, and from `forward` on overflow. `clock` is the
    monotonic clock of all `now`s."""

    def __init__(
        self,
        directory: Path,
        on_event: Callable[[RecorderEvent], None],
        clock: Callable[[], float],
        min_free_bytes: int = MIN_FREE_BYTES,
    ) -> None:
        self._files = SegmentFiles(directory)
        self._on_event = on_event
        self._clock = clock
        self._min_free_bytes = min_free_bytes
        self._lock = threading.Lock()
        closed, self._left = self._files.read()
        self._closed: dict[str, SegmentClosed | SegmentLost] = {one.segment: one for one in closed}
        self._tracks: list[TrackRecorder] = []
        self._capture_clocks: WeakValueDictionary[tuple[str, str], CaptureClock] = WeakValueDictionary()
        self._bytes_before = 0
        self._disk_full = False
        self._disk_checked = float("-inf")
        self._closing = False
        self._wake = threading.Event()
        self._salvagers: list[threading.Thread] = []
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    # --- tracks (the owner's thread)

    def start(self, key: TrackKey, source: Source, start_ms: int, now: float) -> TrackRecorder:
        """Write `source` from `now`, which is `start_ms` on the lesson's time line, until `stop`."""
        owner = (key.room, key.participant)
        capture_clock = self._capture_clocks.setdefault(owner, CaptureClock())
        pipeline = TrackPipeline(key, source, start_ms, now, self._files, capture_clock, self._emit)
        track = TrackRecorder(key, source, pipeline, self._overflow, self._wake.set)
        with self._lock:
            self._tracks.append(track)
        self._wake.set()
        source.attach(track, now)
        source.request_keyframe(now)
        return track

    def stop(self, track: TrackRecorder) -> None:
        """Close the track's segment; its `SegmentClosed` follows. A failed track is repaired instead."""
        track.source.detach(track)
        track.finish()
        if track.failed:
            self.salvage()

    def close(self) -> None:
        """Stop all tracks and wait until their segments are closed: blocks, JOIN_S at most a thread."""
        for track in self._active():
            self.stop(track)
        self._closing = True
        self._wake.set()
        for thread in (self._thread, *self._salvagers):
            thread.join(JOIN_S)

    # --- segments

    def salvage(self) -> None:
        """Repair what a crash or a failed write left, in a thread of its own."""
        with self._lock:
            left, self._left = self._left, []
        self._salvagers = [thread for thread in self._salvagers if thread.is_alive()]
        if left:
            thread = threading.Thread(
                target=self._salvage, args=(left,), name="recorder-salvage", daemon=True
            )
            self._salvagers.append(thread)
            thread.start()

    def pending(self) -> list[SegmentClosed | SegmentLost]:
        """Segments that are over and not deleted yet: to be announced again after a reconnect."""
        with self._lock:
            return list(self._closed.values())

    def path(self, segment: str) -> Path | None:
        """The file of a closed segment."""
        with self._lock:
            whole = isinstance(self._closed.get(segment), SegmentClosed)
            return self._files.whole(segment) if whole else None

    def delete(self, segment: str) -> None:
        """Forget a segment that is over, and its file: someone else keeps it now."""
        with self._lock:
            known = self._closed.pop(segment, None)
        if known is not None:
            self._files.delete(segment)

    # --- statistics

    def lag(self) -> float:
        """Seconds the writer is behind."""
        now = self._clock()
        return max((track.lag(now) for track in self._active()), default=0.0)

    @property
    def able(self) -> bool:
        """Whether a track that is begun now can be written: there is room, and the writer keeps up."""
        return self.lag() < STALLED_S and self._has_room()

    @property
    def bytes_written(self) -> int:
        """Of media, since the start."""
        return self._bytes_before + sum(track.pipeline.bytes_written for track in self._active())

    # --- the writer thread

    def _run(self) -> None:
        while not (self._closing and not self._tracks):
            self._wake.wait(DRAIN_S if self._tracks else None)
            self._wake.clear()
            try:
                measures = self._check_disk()
                for track in self._active():
                    self._serve(track, measures=measures)
            except Exception:
                logger.exception("the recorder goes on after an error of its own")

    def _active(self) -> list[TrackRecorder]:
        with self._lock:
            return list(self._tracks)

    def _serve(self, track: TrackRecorder, *, measures: bool) -> None:
        if self._disk_full and track.accepting:
            self._refuse(track, "disk_full")
        finishing = not track.accepting  # asked before draining, so that all before it is written
        try:
            track.drain(self._clock())
            if measures:
                track.pipeline.measure()
            if finishing:
                track.pipeline.finish()
                self._remove(track)
        except MuxError as error:
            self._fail(track, error)
        except Exception as error:
            logger.exception("recording %s failed", track.key)
            self._fail(track, error)

    def _check_disk(self) -> bool:
        """True when it was due."""
        now = self._clock()
        if now - self._disk_checked < DISK_CHECK_S:
            return False
        self._disk_checked = now
        self._disk_full = not self._has_room()
        return True

    def _has_room(self) -> bool:
        return shutil.disk_usage(self._files.directory).free >= self._min_free_bytes

    def _fail(self, track: TrackRecorder, error: Exception) -> None:
        """Leave the segment as it is on disk and say so."""
        logger.warning("recording %s: %s", track.key, error)
        left = track.pipeline.unfinished
        with suppress(*MuxError):  # the same disk, the same fault
            track.pipeline.abandon()
        if left is not None:
            with self._lock:
                self._left.append(left)
        if not track.failed:
            full = getattr(error, "errno", None) in FULL
            self._refuse(track, "disk_full" if full else "write_failed")
        self._remove(track)

    def _remove(self, track: TrackRecorder) -> None:
        track.discard()
        with self._lock:
            self._tracks.remove(track)
            self._bytes_before += track.pipeline.bytes_written

    def _overflow(self, track: TrackRecorder) -> None:
        self._refuse(track, "queue")

    def _refuse(self, track: TrackRecorder, reason: str) -> None:
        track.failure = reason
        track.accepting = False
        self._emit(RecordingTrouble(track.key, reason))

    # --- the salvage thread

    def _salvage(self, left: list[SegmentOpened]) -> None:
        for opened in left:
            try:
                closed = salvage(self._files, opened)
            except MuxError as error:
                logger.warning("segment %s can't be repaired yet: %s", opened.segment, error)
                with self._lock:
                    self._left.append(opened)
                continue
            self._emit(closed or SegmentLost(opened.key, opened.segment))

    def _emit(self, event: RecorderEvent) -> None:
        if isinstance(event, SegmentClosed | SegmentLost):
            with self._lock:
                self._closed[event.segment] = event
        try:
            self._on_event(event)
        except Exception:
            logger.exception("nobody took %s", event)
