"""How one stream flows: what it brings in a second, and whether it counts as alive."""

from __future__ import annotations

from collections import deque

WINDOW_S = 1.0  # over which the bit rate is taken
SAMPLE_S = 0.1  # between two samples of it
ALIVE_AFTER_S = 2.0  # of flow: a layer that its publisher can hardly afford comes and goes
SILENT_AFTER_S = 1.0
SILENT_FRAMES = 4  # times the usual distance between frames: a still screen sends one in a second
LONGEST_SILENCE_S = 5.0
START = float("-inf")


class Flow:
    """Looked at once per frame, not per packet."""

    __slots__ = ("_began", "_distance", "_last", "_samples")

    def __init__(self) -> None:
        self._began = START
        self._last = START
        self._distance = 0.0  # seconds between frames, smoothed
        self._samples: deque[tuple[float, int]] = deque(maxlen=round(WINDOW_S / SAMPLE_S) + 1)

    def frame(self, octets: int, now: float) -> None:
        """A frame begins; `octets` is what came since the stream's start."""
        if self.flowing(now):
            self._distance += (now - self._last - self._distance) / 8
        else:
            self._began = now
        self._last = now
        if not self._samples or now - self._samples[-1][0] >= SAMPLE_S:
            self._samples.append((now, octets))

    def flowing(self, now: float) -> bool:
        """True until no frame came for about a second."""
        return now - self._last <= self._patience()

    def alive(self, now: float) -> bool:
        """True after two seconds of flow, until it stops."""
        return self._last - self._began >= ALIVE_AFTER_S and self.flowing(now)

    def bitrate(self, octets: int, now: float) -> float:
        """Bit/s over the last second; `octets` is what came since the stream's start."""
        start, before = now, octets
        for time, count in reversed(self._samples):
            start, before = time, count
            if now - time >= WINDOW_S:
                break
        return (octets - before) * 8 / max(now - start, SAMPLE_S)

    def _patience(self) -> float:
        return min(max(SILENT_AFTER_S, SILENT_FRAMES * self._distance), LONGEST_SILENCE_S)
