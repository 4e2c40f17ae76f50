"""Real VP8 and Opus, encoded here and cut into RTP packets, and a publisher that sends them."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import av
import numpy as np

from media.forward.source import TrackSource
from media.rtp.header import parse_header
from tests.media.packets import OPUS, RTX_SSRC, SSRC, VP8, VP8_RTX, rtp

WIDTH, HEIGHT = 320, 240
FRAME_RATE = 30
FRAME_UNITS = 90000 // FRAME_RATE
OPUS_UNITS = 960  # 20 ms
PAYLOAD = 1000  # bytes of VP8 data in a packet
AUDIO_SSRC = 0x99887766


def brightness(index: int) -> int:
    """Grey level of frame `index`: each differs from its neighbours by enough to tell them apart."""
    return 40 + (index * 7) % 160


class VideoEncoder:
    """VP8 as a browser sends it: a keyframe first and when asked, nothing reordered."""

    def __init__(self, width: int = WIDTH, height: int = HEIGHT, *, noise: int = 12) -> None:
        self._context = av.CodecContext.create("libvpx", "w")
        self._context.width, self._context.height = width, height
        self._context.pix_fmt = "yuv420p"
        self._context.time_base = Fraction(1, 90000)
        self._context.framerate = Fraction(FRAME_RATE)
        self._context.bit_rate = 600_000
        self._context.gop_size = 3000
        self._context.thread_count = 1  # more spin while they wait for each other
        self._context.options = {
            "deadline": "realtime",
            "cpu-used": "8",
            "lag-in-frames": "0",
            "auto-alt-ref": "0",
            "error-resilient": "1",
        }
        self._random = np.random.default_rng(7)
        self._noise = noise

    def encode(self, index: int, *, keyframe: bool = False) -> bytes:
        """A grey frame with some noise in its lower half, so that it fills several packets."""
        height, width = self._context.height, self._context.width
        grey = np.full((height, width), brightness(index), np.uint8)
        if self._noise:
            grey[height // 2 :] += self._random.integers(0, self._noise, (height // 2, width), np.uint8)
        picture = np.full((height * 3 // 2, width), 128, np.uint8)
        picture[:height] = grey
        frame = av.VideoFrame.from_ndarray(picture, "yuv420p")
        frame.pts, frame.time_base = index * FRAME_UNITS, Fraction(1, 90000)
        if keyframe:
            frame.pict_type = av.video.frame.PictureType.I
        (packet,) = self._context.encode(frame)
        return bytes(packet)


@cache
def opus_packets(count: int) -> tuple[bytes, ...]:
    """20 ms each of a 440 Hz tone."""
    context = av.CodecContext.create("libopus", "w")
    context.sample_rate, context.layout, context.format = 48000, "stereo", "s16"
    context.bit_rate = 64000
    packets: list[bytes] = []
    for index in range(count):
        at = np.arange(index * OPUS_UNITS, (index + 1) * OPUS_UNITS)
        tone = (np.sin(at * 2 * np.pi * 440 / 48000) * 10000).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(np.repeat(tone, 2).reshape(1, -1), "s16", "stereo")
        frame.sample_rate, frame.pts = 48000, index * OPUS_UNITS
        frame.time_base = Fraction(1, 48000)
        packets += [bytes(packet) for packet in context.encode(frame)]
    return tuple(packets)


def vp8_packets(frame: bytes, sequence_number: int, timestamp: int) -> list[bytes]:
    """One frame in packets of at most PAYLOAD bytes, with a long picture id (RFC 7741 §4.2)."""
    parts = [frame[at : at + PAYLOAD] for at in range(0, len(frame), PAYLOAD)]
    picture_id = bytes((0x80, 0x80 | (timestamp >> 8) & 0x7F, timestamp & 0xFF))
    return [
        rtp(
            sequence_number + place,
            timestamp,
            (b"\x90" if place == 0 else b"\x80") + picture_id + part,
            marker=place == len(parts) - 1,
        )
        for place, part in enumerate(parts)
    ]


class Camera:
    """A publisher of video: makes a keyframe when asked for one, loses what it is told to lose."""

    def __init__(self, start: float = 1000.0, *, first_timestamp: int = 0xFFFF0000) -> None:
        self.asked = 0
        self.encoder = VideoEncoder()
        self.source = TrackSource("video", 90000, SSRC, RTX_SSRC, VP8, VP8_RTX, 1, self._on_rtcp)
        self.start = start
        self.index = 0
        self.sequence_number = 65500
        self.first_timestamp = first_timestamp

    def _on_rtcp(self, data: bytes) -> None:
        self.asked += 1

    @property
    def now(self) -> float:
        return self.start + self.index / FRAME_RATE

    def make(self) -> list[bytes]:
        """The packets of the next frame, not sent yet."""
        keyframe, self.asked = bool(self.asked) or self.index == 0, 0
        frame = self.encoder.encode(self.index, keyframe=keyframe)
        timestamp = self.first_timestamp + self.index * FRAME_UNITS
        packets = vp8_packets(frame, self.sequence_number, timestamp)
        self.sequence_number += len(packets)
        self.index += 1
        return packets

    def send(self, frames: int = 1) -> None:
        for _ in range(frames):
            self.arrive(self.make())

    def arrive(self, packets: list[bytes], delay: float = 0.0) -> None:
        at = self.now - 1 / FRAME_RATE + delay
        for packet in packets:
            self.source.receive(packet, parse_header(packet), at)
        self.source.poll(at)

    def rest(self, frames: int) -> None:
        """Send nothing for the time of so many frames; the clock goes on."""
        self.index += frames


class Microphone:
    """A publisher of sound."""

    def __init__(self, start: float = 1000.0, *, first_timestamp: int = 0xFFFFF000) -> None:
        self.source = TrackSource("audio", 48000, AUDIO_SSRC, None, OPUS, None, 1, lambda data: None)
        self.start = start
        self.index = 0
        self.sequence_number = 65530
        self.first_timestamp = first_timestamp

    @property
    def now(self) -> float:
        return self.start + self.index * 0.02

    def make(self) -> bytes:
        packets = opus_packets(50)
        packet = rtp(
            self.sequence_number,
            self.first_timestamp + self.index * OPUS_UNITS,
            packets[self.index % len(packets)],
            ssrc=AUDIO_SSRC,
            payload_type=OPUS,
        )
        self.sequence_number += 1
        self.index += 1
        return packet

    def send(self, packets: int = 1) -> None:
        for _ in range(packets):
            self.arrive(self.make())

    def arrive(self, packet: bytes, delay: float = 0.0) -> None:
        self.source.receive(packet, parse_header(packet), self.now - 0.02 + delay)

    def rest(self, packets: int) -> None:
        """Discontinuous transmission: time goes on, no packet and no sequence number is used."""
        self.index += packets

    def lose(self, packets: int = 1) -> None:
        for _ in range(packets):
            self.make()
