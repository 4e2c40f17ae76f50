"""The recorder's sink of one track: it only queues packets."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from media.forward.interfaces import Source
from media.recording.depacketise import Arrived
from media.recording.events import TrackKey
from media.recording.pipeline import TrackPipeline
from media.rtp.header import Header

QUEUE_LIMIT = 4096  # packets: seconds of a stalled disk at the highest rates


class TrackRecorder:
    """Implements `Sink`. `forward` and `ended` run in the owner's thread, `drain` in the recorder's."""

    def __init__(
        self,
        key: TrackKey,
        source: Source,
        pipeline: TrackPipeline,
        overflow: Callable[[TrackRecorder], None],
        wake: Callable[[], None],
    ) -> None:
        self.key = key
        self.source = source
        self.pipeline = pipeline
        self.accepting = True
        self.failure = ""  # why it is not written any more
        self._overflow = overflow
        self._wake = wake
        self._queue: deque[Arrived] = deque()
        self._wants_keyframe = False

    def forward(self, packet: bytes, header: Header, now: float) -> None:
        """On the hot path: no lock, no wake-up, no exception."""
        if not self.accepting:
            return
        if len(self._queue) >= QUEUE_LIMIT:
            self._overflow(self)
            return
        self._queue.append((packet, header, now))
        if self._wants_keyframe:
            self._wants_keyframe = False
            self.source.request_keyframe(now)

    def ended(self, now: float) -> None:
        self.finish()

    def finish(self) -> None:
        """Take nothing more; what is queued is still written."""
        self.accepting = False
        self._wake()

    @property
    def failed(self) -> bool:
        return bool(self.failure)

    def drain(self, now: float) -> None:
        """Write what is queued. Raises one of `webm.MuxError`."""
        while self._queue:
            self.pipeline.take(self._queue.popleft())
        self.pipeline.release(now)
        self._wants_keyframe = self.pipeline.needs_keyframe

    def discard(self) -> None:
        """Drop what is queued: it can't be written."""
        self._queue.clear()

    def lag(self, now: float) -> float:
        """Seconds that the oldest queued packet waits."""
        try:
            return max(0.0, now - self._queue[0][2])
        except IndexError:
            return 0.0
