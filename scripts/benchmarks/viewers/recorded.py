"""A short film in three layers, encoded once: what a browser's simulcast of a 720p camera looks like."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np

FPS = 25
FRAME_UNITS = 90_000 // FPS
SECONDS = 4
LONGEST = 1100  # bytes of one packet's picture


@dataclass(frozen=True)
class Layer:
    """Frames in order, each as its VP8 payloads without payload descriptors; the first is a keyframe."""

    rid: str
    width: int
    height: int
    frames: tuple[tuple[bytes, ...], ...]

    @property
    def bitrate(self) -> int:
        """bit/s"""
        return sum(len(part) for frame in self.frames for part in frame) * 8 // SECONDS


AUDIO_S = 0.020
AUDIO_UNITS = 960  # of the 48 kHz clock
TONE = 440  # Hz
SHAPES = (("q", 320, 180, 150_000), ("h", 640, 360, 500_000), ("f", 1280, 720, 1_500_000))


def film() -> tuple[Layer, ...]:
    """Some seconds of moving bars with noise in them, from the lowest layer to the highest."""
    return tuple(_layer(*shape) for shape in SHAPES)


def sound() -> tuple[bytes, ...]:
    """A second of a tone as Opus packets of 20 ms."""
    encoder = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = 48_000, "mono", "s16"
    encoder.bit_rate = 32_000
    packets = []
    for number in range(50):
        at = np.arange(number * AUDIO_UNITS, (number + 1) * AUDIO_UNITS) / 48_000
        wave = (12_000 * np.sin(2 * np.pi * TONE * at)).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(wave.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts = 48_000, number * AUDIO_UNITS
        packets += [bytes(packet) for packet in encoder.encode(frame)]
    return tuple(packets)


def _layer(rid: str, width: int, height: int, bitrate: int) -> Layer:
    encoder = av.CodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.bit_rate, encoder.time_base = bitrate, Fraction(1, FPS)
    encoder.options = {
        "deadline": "realtime",
        "cpu-used": "8",
        "lag-in-frames": "0",
        "minrate": str(bitrate),
        "maxrate": str(bitrate),
        "bufsize": str(bitrate // 2),
    }
    encoder.gop_size = FPS * SECONDS
    frames = []
    for picture in _pictures(width, height):
        frames += [_parts(bytes(packet)) for packet in encoder.encode(picture)]
    frames += [_parts(bytes(packet)) for packet in encoder.encode(None)]
    return Layer(rid, width, height, tuple(frames))


def _pictures(width: int, height: int) -> Iterator[av.VideoFrame]:
    noise = np.random.default_rng(1)
    column = np.arange(width)
    for number in range(FPS * SECONDS):
        bars = ((column * 8 // width + number // 5) % 8 * 28 + 20).astype(np.uint8)
        luma = np.tile(bars, (height, 1))
        top = number * height // (FPS * SECONDS) // 2
        blocks = noise.integers(60, 200, (height // 8 // 16 + 1, width // 16 + 1), dtype=np.uint8)
        texture = np.kron(blocks, np.ones((16, 16), dtype=np.uint8))
        luma[top : top + height // 8] = texture[: height // 8, :width]
        chroma = np.full((height // 2, width), 128, dtype=np.uint8)
        frame = av.VideoFrame.from_ndarray(np.vstack([luma, chroma]), format="yuv420p")
        frame.pts = number
        yield frame


def _parts(picture: bytes) -> tuple[bytes, ...]:
    return tuple(picture[at : at + LONGEST] for at in range(0, len(picture), LONGEST))
