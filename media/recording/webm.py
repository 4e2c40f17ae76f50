"""One open WebM file with one track, written without transcoding (Matroska, RFC 9559)."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av

from media.recording.depacketise import Frame

# Written in pieces of half a second, so that a killed process loses no more than that
OPTIONS = {"cluster_time_limit": "500", "flush_packets": "1"}
MILLISECOND = Fraction(1, 1000)
OPUS_RATE = 48000

MuxError = (OSError, av.FFmpegError, ValueError)  # what a full or broken disk makes PyAV raise


class WebmFile:
    """Takes frames in order. Every method may raise one of `MuxError`."""

    def __init__(self, path: Path, first: Frame) -> None:
        """A video file when `first` has a picture size, else an Opus file."""
        self._container = av.open(str(path), "w", format="webm", options=OPTIONS)
        self._stream = self._add_stream(first)
        self._last_pts = -1

    def _add_stream(self, first: Frame) -> av.stream.Stream:
        if first.width:
            return self._container.add_mux_stream("vp8", width=first.width, height=first.height)
        # add_mux_stream writes no OpusHead; an encoder that encodes nothing supplies it
        stream = self._container.add_stream("libopus", rate=OPUS_RATE)
        stream.codec_context.layout = "stereo"
        return stream

    def write(self, frame: Frame, pts: int) -> int:
        """`pts` in milliseconds; returns the one written, later than any before it."""
        pts = max(pts, self._last_pts + 1)
        packet = av.Packet(frame.data)
        packet.stream = self._stream
        packet.time_base = MILLISECOND
        packet.pts = packet.dts = pts
        packet.is_keyframe = frame.keyframe
        if frame.duration:
            packet.duration = frame.duration * 1000 // OPUS_RATE
        self._container.mux_one(packet)
        self._last_pts = pts
        return pts

    def close(self) -> None:
        """Write duration and cues, so that players can seek."""
        self._container.close()


def remux(source: Path, target: Path) -> int:
    """Copy what can be read of a file that a crash left into a whole one; its duration in milliseconds.

    0 when nothing in it is playable; then `target` is not written. Raises one of `MuxError`."""
    try:
        container = av.open(str(source))
    except av.FFmpegError:
        return 0
    with container:
        if not container.streams:
            return 0
        return _copy(container, target)


def _copy(source: av.container.InputContainer, target: Path) -> int:
    template = source.streams[0]
    end = Fraction(0)
    output: av.container.OutputContainer | None = None
    try:
        for packet in source.demux(template):
            if packet.dts is None or packet.pts is None or packet.time_base is None:
                continue
            if output is None:
                output = av.open(str(target), "w", format="webm")
                stream = output.add_stream_from_template(template, opaque=True)
            end = max(end, (packet.pts + (packet.duration or 0)) * packet.time_base)
            packet.stream = stream
            output.mux_one(packet)
    except av.error.InvalidDataError:
        pass  # the cut-off end
    finally:
        if output is not None:
            output.close()
    return int(end * 1000)
