"""From one track's packets to its segments: in order, placed on the lesson's time line, written.

Runs in the recorder's thread only.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from media.forward.interfaces import Source
from media.recording.depacketise import Arrived, AudioDepacketiser, Frame, VideoDepacketiser
from media.recording.events import RecorderEvent, SegmentOpened, TrackKey
from media.recording.files import SegmentFiles
from media.recording.timeline import CaptureClock, TimeLine
from media.recording.webm import WebmFile
from media.rtp.opus import SILENCE, SILENCE_DURATION
from media.rtp.sequence import timestamp_step

SEGMENT_MS = 10 * 60 * 1000  # a segment closes after this, so that little is lost or late with it
FILL_MS = 60 * 1000  # a longer gap in sound is not filled: a new segment starts behind it
SILENCE_MS = 20
SILENT_FRAME = Frame(SILENCE, 0, 0.0, keyframe=True, duration=SILENCE_DURATION)


@dataclass(slots=True)
class OpenSegment:
    opened: SegmentOpened
    file: WebmFile
    end_ms: int  # on the lesson's time line, of what is written
    announced: bool = False


class TrackPipeline:
    """`start_ms` is the place of the monotonic time `started_at` on the lesson's time line.

    Counters that others read: `bytes_written` of media, `octets_on_disk` as the file system tells,
    `keyframes`, and `written_at`, when that came which was written last."""

    def __init__(
        self,
        key: TrackKey,
        source: Source,
        start_ms: int,
        started_at: float,
        files: SegmentFiles,
        capture_clock: CaptureClock,
        emit: Callable[[RecorderEvent], None],
    ) -> None:
        self._key = key
        self._source = source
        self._start_ms = start_ms
        self._started_at = started_at
        self._files = files
        self._capture_clock = capture_clock
        self._emit = emit
        self._depacketiser = VideoDepacketiser() if key.kind == "video" else AudioDepacketiser()
        self._timeline = TimeLine(source.clock_rate)
        self._segment: OpenSegment | None = None
        self._octets_closed = 0  # of segments that are whole
        self.bytes_written = 0
        self.octets_on_disk = 0
        self.keyframes = 0
        self.written_at: float | None = None

    @property
    def needs_keyframe(self) -> bool:
        """True when nothing can be written, or a segment should end, before the next keyframe."""
        return self._depacketiser.needs_keyframe or (self._key.kind == "video" and self._overdue())

    @property
    def unfinished(self) -> SegmentOpened | None:
        """The segment that is open."""
        return self._segment.opened if self._segment else None

    def measure(self) -> None:
        """See what is on disk of the open segment. Raises OSError."""
        if self._segment is not None:
            part = self._files.part(self._segment.opened.segment)
            self.octets_on_disk = self._octets_closed + part.stat().st_size

    def take(self, arrived: Arrived) -> None:
        """One packet. Raises one of `webm.MuxError`."""
        for frame in self._depacketiser.push(*arrived):
            self._write(frame)

    def release(self, now: float) -> None:
        """Go on without packets that were waited for long enough."""
        for frame in self._depacketiser.release(now):
            self._write(frame)

    def finish(self) -> None:
        """Write what is held and close the segment."""
        for frame in self._depacketiser.flush():
            self._write(frame)
        self._close_segment()

    def abandon(self) -> None:
        """Let go of a segment that can't be written any more; what is on disk stays for salvage."""
        segment, self._segment = self._segment, None
        if segment is not None:
            segment.file.close()

    def _write(self, frame: Frame) -> None:
        position = self._place(frame)
        segment = self._segment_for(frame, position)
        if segment is None:
            return
        if self._key.kind == "audio":
            if position + self._duration(frame) <= segment.end_ms:
                return  # its time is over: silence or other sound is written there
            self._fill_silence(segment, position)
        self._append(segment, frame, position)
        self._count(frame)
        if not segment.announced:
            segment.announced = True
            self._emit(segment.opened)

    def _place(self, frame: Frame) -> int:
        """Milliseconds on the lesson's time line, never before recording was asked for."""
        if not self._timeline.anchored:
            self._timeline.anchor(frame.timestamp, self._captured(frame), frame.arrival)
        captured = self._timeline.place(frame.timestamp, frame.arrival)
        return max(self._start_ms, self._start_ms + round((captured - self._started_at) * 1000))

    def _captured(self, frame: Frame) -> float:
        clock = self._source.sender_clock()
        step = timestamp_step(clock[1], frame.timestamp & 0xFFFFFFFF) if clock else 0
        return self._capture_clock.captured(clock, step, self._source.clock_rate, frame.arrival)

    def _segment_for(self, frame: Frame, position: int) -> OpenSegment | None:
        """The open segment, or a new one; None while video waits for a keyframe."""
        segment = self._segment
        if segment is not None and frame.keyframe and (self._overdue() or self._apart(position)):
            self._close_segment()
            segment = None
        if segment is None and frame.keyframe:
            segment = self._open_segment(frame, position)
        return segment

    def _overdue(self) -> bool:
        segment = self._segment
        return segment is not None and segment.end_ms - segment.opened.start_ms >= SEGMENT_MS

    def _apart(self, position: int) -> bool:
        """A long silence lies before this audio packet."""
        segment = self._segment
        return segment is not None and self._key.kind == "audio" and position - segment.end_ms > FILL_MS

    def _open_segment(self, frame: Frame, position: int) -> OpenSegment:
        opened = SegmentOpened(self._key, uuid.uuid4().hex, position)
        file = WebmFile(self._files.open(opened), frame)
        self._segment = OpenSegment(opened, file, position)
        return self._segment

    def _close_segment(self) -> None:
        segment = self._segment
        if segment is None:
            return
        segment.file.close()
        opened = segment.opened
        duration = segment.end_ms - opened.start_ms
        closed = self._files.close(opened, self._files.part(opened.segment), duration)
        self._segment = None
        self._octets_closed += closed.size
        self.octets_on_disk = self._octets_closed
        self._emit(closed)

    def _fill_silence(self, segment: OpenSegment, position: int) -> None:
        """Muted, DTX and lost packets leave gaps: players want sound without holes."""
        while segment.end_ms + SILENCE_MS <= position:
            self._append(segment, SILENT_FRAME, segment.end_ms)

    def _append(self, segment: OpenSegment, frame: Frame, position: int) -> None:
        start = segment.opened.start_ms
        segment.end_ms = start + segment.file.write(frame, position - start) + self._duration(frame)
        self.bytes_written += len(frame.data)

    def _count(self, frame: Frame) -> None:
        self.written_at = frame.arrival
        if frame.keyframe and self._key.kind == "video":
            self.keyframes += 1

    def _duration(self, frame: Frame) -> int:
        """In milliseconds."""
        return frame.duration * 1000 // self._source.clock_rate
