"""One track of pictures, read by time: the last good one is in memory, nothing else.

What nobody looks at is not decoded: a track that is asked again after a while goes on from its last
keyframe before that, where the file tells one, and else decodes what it missed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import av

from server.recordings.composing.job import Segment
from server.recordings.composing.reading import ReadError, SegmentReader, Tally, open_reader, place_ms

STALE_MS = 10_000  # a camera that says nothing for so long shows nobody; screens just stand still
SKIP_MS = 5000  # a longer way to go is worth looking for a keyframe
BLIND_MS = 10_000  # after a broken packet keyframes alone are believed; after so long anything is


@dataclass(frozen=True, slots=True)
class Picture:
    """`number` tells pictures of a track apart."""

    frame: av.VideoFrame
    number: int


class PictureTrack:
    """The segments of one camera or screen, in the order of time."""

    def __init__(self, segments: Sequence[Segment], tally: Tally) -> None:
        self._segments = list(segments)
        self._tally = tally
        self._stale_ms = STALE_MS if segments[0].source == "camera" else float("inf")
        self._current: _Decoding | None = None
        self._number = 0

    def at(self, ms: float) -> Picture | None:
        """What is seen at `ms`; goes forwards only. None before the first picture, and for a camera that
        stopped long ago."""
        while self._segments and self._segments[0].start_ms <= ms:
            self._open(self._segments.pop(0), ms)
        current = self._current
        if current is None:
            return None
        current.advance(ms)
        if current.frame is None or ms - current.seen_ms > self._stale_ms:
            return None
        return Picture(current.frame, current.number)

    def _open(self, segment: Segment, ms: float) -> None:
        if self._segments and self._segments[0].start_ms <= ms:
            return  # the next one has begun too
        if self._current is not None:
            self._number = self._current.number + 1
            self._current.close()
            self._current = None
        reader = open_reader(segment, self._tally)
        if reader is not None:
            self._current = _Decoding(reader, self._tally, self._number)


class _Decoding:
    """One segment, decoded up to a moment. `seen_ms` is the time of the newest picture."""

    def __init__(self, reader: SegmentReader, tally: Tally, number: int) -> None:
        self.frame: av.VideoFrame | None = None
        self.seen_ms = 0.0
        self.number = number
        self._reader = reader
        self._tally = tally
        self._context = _decoder(reader.stream)
        self._packets = reader.packets()
        self._next = next(self._packets, None)
        self._read_ms = float(reader.segment.start_ms)  # decoded up to here
        self._blind_since: float | None = None

    def advance(self, ms: float) -> None:
        if self._next is not None and ms - self._read_ms > SKIP_MS:
            self._skip(ms)
        while self._next is not None:
            at = place_ms(self._reader.segment, self._next)
            if at > ms:
                break
            self._decode(self._next, at)
            self._next = next(self._packets, None)
        self._read_ms = max(self._read_ms, ms)

    def close(self) -> None:
        self._packets = iter(())
        self._next = None
        self._reader.close()

    def _skip(self, ms: float) -> None:
        """Go on at a keyframe later than what is decoded, if there is one before `ms`."""
        try:
            self._reader.seek(int(ms))
        except ReadError:
            return
        segment, packets = self._reader.segment, self._reader.packets()
        found = next(packets, None)
        if found is None or not found.is_keyframe or place_ms(segment, found) > ms:
            found, packets = self._from_start()
        while found is not None and self._next is not None and _time(found) < _time(self._next):
            found = next(packets, None)
        self._next, self._packets = found, packets

    def _from_start(self) -> tuple[av.Packet[Any] | None, Iterator[av.Packet[Any]]]:
        with contextlib.suppress(*ReadError):
            self._reader.seek(0)
        packets = self._reader.packets()
        return next(packets, None), packets

    def _decode(self, packet: av.Packet[Any], at: float) -> None:
        if self._blind_since is not None:
            if not packet.is_keyframe and at - self._blind_since < BLIND_MS:
                return
            self._blind_since = None
        try:
            frames = self._context.decode(packet)
        except (av.FFmpegError, ValueError):
            self._tally.corrupt += 1
            self._blind_since = at
            return
        for frame in frames:
            self.frame, self.seen_ms = frame, at
            self.number += 1


def _time(packet: av.Packet[Any]) -> int:
    assert packet.pts is not None
    return packet.pts


def _decoder(stream: av.VideoStream | av.AudioStream) -> av.VideoCodecContext:
    context = av.CodecContext.create(stream.codec_context.name, "r")
    assert isinstance(context, av.VideoCodecContext)
    context.extradata = stream.codec_context.extradata
    context.thread_count = 1
    return context
