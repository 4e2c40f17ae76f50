"""Reading segments packet by packet: what is broken in a file is skipped, never fatal."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import av

from server.recordings.composing.job import Segment

logger = logging.getLogger(__name__)

BROKEN_READS = 50  # errors of a file in a row after which it counts as ended


@dataclass
class Tally:
    """What could not be read, of a whole job."""

    opened: int = 0  # segments
    unreadable: int = 0  # of them
    corrupt: int = 0  # packets


class SegmentReader:
    """The packets of one segment's only track, and a decoder of its own: seeking in the file leaves what
    the decoder knows alone."""

    def __init__(self, segment: Segment) -> None:
        """Raises one of `ReadError` for a file in which there is no such track."""
        self.segment = segment
        self._container = av.open(str(segment.path))
        try:
            self.stream = _stream(self._container, segment)
        except Exception:
            self._container.close()
            raise

    def packets(self) -> Iterator[av.Packet[Any]]:
        """From where the file stands to its end, without those that have no time."""
        demuxed = self._container.demux(self.stream)
        broken = 0
        while broken < BROKEN_READS:
            try:
                packet = next(demuxed, None)
            except av.FFmpegError:
                broken += 1
                demuxed = self._container.demux(self.stream)
                continue
            if packet is None:
                return
            broken = 0
            if packet.pts is not None and packet.time_base is not None and packet.size:
                yield packet

    def seek(self, ms: int) -> None:
        """To the last keyframe before `ms` of the time line, where the file tells. Raises `ReadError`."""
        self._container.seek(max(0, ms - self.segment.start_ms) * 1000)

    def close(self) -> None:
        self._container.close()


ReadError = (OSError, ValueError, av.FFmpegError)


def open_reader(segment: Segment, tally: Tally) -> SegmentReader | None:
    """None, counted, for a file that can't be read: the rest of the lesson is there."""
    tally.opened += 1
    try:
        return SegmentReader(segment)
    except ReadError as error:
        logger.warning("%s can't be read: %s", segment.path, error)
        tally.unreadable += 1
        return None


def place_ms(segment: Segment, packet: av.Packet[Any]) -> float:
    """Where a packet belongs on the time line."""
    assert packet.pts is not None and packet.time_base is not None
    return segment.start_ms + float(packet.pts * packet.time_base * 1000)


def _stream(container: av.container.InputContainer, segment: Segment) -> av.VideoStream | av.AudioStream:
    found = container.streams.audio if segment.kind == "audio" else container.streams.video
    if not found:
        raise ValueError(f"there is no {segment.kind} in it")
    return found[0]
