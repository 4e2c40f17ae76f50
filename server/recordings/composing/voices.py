"""One track of sound, read by time: at most a second of it is in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

import av
import numpy as np

from server.recordings.composing.job import SOUND_RATE, Segment
from server.recordings.composing.mixing import Sound, silence, stereo, stretch
from server.recordings.composing.placing import Placement
from server.recordings.composing.reading import Tally, open_reader, place_ms


class SoundTrack:
    """The segments of one microphone or screen, in order. Positions are samples of the film."""

    def __init__(self, segments: Sequence[Segment], tally: Tally) -> None:
        self._placement = Placement()
        self._tally = tally
        self._held: deque[tuple[int, Sound]] = deque()  # placed, not read yet
        self._blocks = self._decoded(segments)
        self._starts = _samples(segments[0].start_ms)
        self._ended = False

    def read(self, start: int, count: int) -> Sound | None:
        """What sounds from `start` on, None for silence. Goes forwards only."""
        end = start + count
        while not self._ended and self._starts < end and (self._placement.cursor or 0) < end:
            self._take_next()
        mixed: Sound | None = None
        while self._held and self._held[0][0] < end:
            mixed = silence(count) if mixed is None else mixed
            if not self._pour(mixed, start, end):
                break
        return mixed

    def _pour(self, into: Sound, start: int, end: int) -> bool:
        """Copy the first held block; True when all of it is used up."""
        at, block = self._held[0]
        stop = at + block.shape[1]
        low, high = max(at, start), min(stop, end)
        if low < high:
            into[:, low - start : high - start] = block[:, low - at : high - at]
        if stop > end:
            return False
        self._held.popleft()
        return True

    def _take_next(self) -> None:
        """Decode one block and place it."""
        found = next(self._blocks, None)
        if found is None:
            self._ended = True
            return
        position, block = found
        if block is None:  # a segment that begins there: not opened before its time
            self._starts = position
            return
        placed = self._placement.place(position, block.shape[1])
        if placed.length:
            self._held.append((placed.at, stretch(block[:, placed.skip :], placed.length)))

    def _decoded(self, segments: Sequence[Segment]) -> Iterator[tuple[int, Sound | None]]:
        for segment in segments:
            yield _samples(segment.start_ms), None
            reader = open_reader(segment, self._tally)
            if reader is None:
                continue
            decoder = SoundDecoder(reader.stream)
            for packet in reader.packets():
                try:
                    frames = decoder.decode(packet)
                except (av.FFmpegError, ValueError):
                    self._tally.corrupt += 1  # its time stays silent
                    continue
                at = _samples(place_ms(segment, packet))
                for block, later in frames:
                    yield at + later, block
            reader.close()


class SoundDecoder:
    """Packets to blocks of the film's form."""

    def __init__(self, stream: av.VideoStream | av.AudioStream) -> None:
        assert isinstance(stream, av.AudioStream)
        self._context = stream.codec_context
        self._resampler = av.AudioResampler("fltp", "stereo", SOUND_RATE)

    def decode(self, packet: av.Packet[Any]) -> list[tuple[Sound, int]]:
        """Each block with how many samples after the packet's time it begins.

        Raises av.FFmpegError for a broken packet."""
        assert packet.pts is not None
        found: list[tuple[Sound, int]] = []
        for frame in self._context.decode(packet):
            later = 0
            if frame.pts is not None and frame.time_base is not None:
                later = _samples(float((frame.pts - packet.pts) * frame.time_base * 1000))
            found += [(block, later) for block in self._formed(frame)]
        return found

    def _formed(self, frame: av.AudioFrame) -> Iterator[Sound]:
        if frame.sample_rate == SOUND_RATE and frame.format.name == "fltp":
            yield stereo(np.asarray(frame.to_ndarray(), np.float32))
            return
        frame.pts = None
        for formed in self._resampler.resample(frame):
            yield np.asarray(formed.to_ndarray(), np.float32)


def _samples(ms: float) -> int:
    return round(ms * SOUND_RATE / 1000)
