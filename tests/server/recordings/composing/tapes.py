"""Segments as a media node writes them: real VP8 and Opus, with a flash and a beep at told moments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

from media.recording.depacketise import Frame
from media.recording.webm import WebmFile
from server.recordings.composing.job import Job, Segment

WIDTH, HEIGHT = 320, 180
FPS = 25
PICTURE_MS = 1000 // FPS
PACKET_MS, PACKET = 20, 960
LASTS_MS = 200  # a flash, a beep
BLACK, WHITE = 16, 235
BEEP_HZ = 1000

Luma = Callable[[int], int]  # brightness of the picture at a time of the segment (ms)


def flashing(flashes: Sequence[int], dark: int = BLACK) -> Luma:
    return lambda ms: WHITE if any(at <= ms < at + LASTS_MS for at in flashes) else dark


class PictureCoder:
    """VP8 as a browser sends it: a keyframe first, and where the size changes."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._context = av.CodecContext.create("libvpx", "w")
        self._context.width, self._context.height = width, height
        self._context.pix_fmt, self._context.time_base = "yuv420p", Fraction(1, 1000)
        self._context.bit_rate, self._context.gop_size = 300_000, 3000
        self._context.thread_count = 1
        self._context.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}

    def encode(self, picture: npt.NDArray[np.uint8], ms: int, *, keyframe: bool = False) -> bytes:
        """`picture` is yuv420p, of shape (height · 3/2, width)."""
        frame = av.VideoFrame.from_ndarray(picture, "yuv420p")
        frame.pts, frame.time_base = ms, Fraction(1, 1000)
        if keyframe:
            frame.pict_type = av.video.frame.PictureType.I
        (packet,) = self._context.encode(frame)
        return bytes(packet)

    def plain(self, luma: int) -> npt.NDArray[np.uint8]:
        picture = np.full((self.height * 3 // 2, self.width), 128, np.uint8)
        picture[: self.height] = luma
        return picture


@dataclass
class Packet:
    ms: int
    data: bytes
    width: int = 0
    height: int = 0


def pictures(
    luma: Luma,
    duration_ms: int,
    *,
    sizes: dict[int, tuple[int, int]] | None = None,
    every_ms: int = PICTURE_MS,
) -> list[Packet]:
    """Plain pictures. `sizes`: from which moment on which; a change is a new layer of simulcast."""
    sizes = sizes or {0: (WIDTH, HEIGHT)}
    found: list[Packet] = []
    coder = PictureCoder(*sizes[0])
    for ms in range(0, duration_ms, every_ms):
        fresh = ms in sizes
        if fresh:
            coder = PictureCoder(*sizes[ms])
        data = coder.encode(coder.plain(luma(ms)), ms, keyframe=fresh)
        found.append(Packet(ms, data, coder.width if fresh else 0, coder.height if fresh else 0))
    return found


def sounds(beeps: Sequence[int], duration_ms: int, *, loudness: float = 0.5) -> list[Packet]:
    """Silence with beeps in it, all packets sent."""
    context = av.CodecContext.create("libopus", "w")
    context.sample_rate, context.layout, context.format = 48000, "stereo", "s16"
    context.bit_rate = 64000
    packets: list[Packet] = []
    for block, ms in _blocks(beeps, duration_ms, loudness):
        frame = av.AudioFrame.from_ndarray(block, "s16", "stereo")
        frame.sample_rate, frame.pts, frame.time_base = 48000, ms * 48, Fraction(1, 48000)
        packets += [
            Packet((len(packets) + place) * PACKET_MS, bytes(one))
            for place, one in enumerate(context.encode(frame))
        ]
    return packets


def _blocks(
    beeps: Sequence[int], duration_ms: int, loudness: float
) -> Iterator[tuple[npt.NDArray[np.int16], int]]:
    for ms in range(0, duration_ms, PACKET_MS):
        at = ms + np.arange(PACKET) / 48
        loud = np.zeros(PACKET, bool)
        for beep in beeps:
            loud |= (at >= beep) & (at < beep + LASTS_MS)
        tone = np.sin(at / 1000 * 2 * np.pi * BEEP_HZ) * loud * loudness * 32767
        yield np.repeat(tone.astype(np.int16), 2).reshape(1, -1), ms


def write(path: Path, packets: Sequence[Packet], *, video: bool) -> None:
    """By the node's own writer."""
    file: WebmFile | None = None
    for packet in packets:
        frame = Frame(
            packet.data,
            0,
            0.0,
            keyframe=not video or bool(packet.width),
            duration=0 if video else PACKET,
            width=packet.width,
            height=packet.height,
        )
        file = file or WebmFile(path, frame)
        file.write(frame, packet.ms)
    assert file is not None
    file.close()


class Tapes:
    """Writes segments into a folder, and makes jobs of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.segments: list[Segment] = []

    def add(
        self,
        person: str,
        source: Any,
        packets: Sequence[Packet],
        *,
        start_ms: int = 0,
        duration_ms: int | None = None,
        role: str = "learner",
    ) -> Segment:
        video = source in ("camera", "screen")
        path = self.folder / f"{len(self.segments)}.webm"
        write(path, packets, video=video)
        segment = Segment(
            path=path,
            participant=person,
            name=person.title(),
            role=role,
            source=source,
            kind="video" if video else "audio",
            start_ms=start_ms,
            duration_ms=duration_ms or packets[-1].ms + (PICTURE_MS if video else PACKET_MS),
        )
        self.segments.append(segment)
        return segment

    def person(
        self, person: str, moments: Sequence[int], duration_ms: int, *, start_ms: int = 0, **more: Any
    ) -> None:
        """Camera and microphone, which flash and beep at these moments of the lesson."""
        here = [at - start_ms for at in moments]
        picture = pictures(flashing(here), duration_ms)
        self.add(person, "camera", picture, start_ms=start_ms, **more)
        self.add(person, "microphone", sounds(here, duration_ms), start_ms=start_ms, **more)

    def job(self, **more: Any) -> Job:
        told = {"title": "Fractions", "width": WIDTH, "height": HEIGHT, **more}
        return Job(output=self.folder / "lesson", segments=tuple(self.segments), **told)
