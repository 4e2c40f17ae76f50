"""The packets that a publisher plays: a 720p camera of 1.2 Mbit/s in VP8 and a microphone in Opus.

Sizes and bursts are those of a browser; the pictures are noise, since a forwarding server decodes none.
The last eight bytes of a payload are the time at which it was sent.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

FRAME_S = 1 / 30
FRAME_UNITS = 3000  # of the 90 kHz clock
PACKETS_PER_FRAME = 5
VIDEO_PAYLOAD = 1000  # bytes: 30 frames of 5 such packets are 1.2 Mbit/s
KEYFRAME_EVERY = 30  # frames: a new viewer starts within a second, whatever it asks for
AUDIO_S = 0.020
AUDIO_UNITS = 960  # of the 48 kHz clock
AUDIO_PAYLOAD = 80  # bytes: 32 kbit/s
STAMP = 8  # bytes: nanoseconds of the wall clock

OPUS_20_MS = b"\xfc"  # RFC 6716 §3.1: one frame of 20 ms, fullband, stereo
_KEYFRAME = b"\x10\x02\x00\x9d\x01\x2a" + (1280).to_bytes(2, "little") + (720).to_bytes(2, "little")


@dataclass(frozen=True)
class Footage:
    """Payloads without their stamp. A frame is the payloads of its packets."""

    keyframe: tuple[bytes, ...]
    frame: tuple[bytes, ...]
    audio: bytes


def packets_per_second(frame_packets: int = PACKETS_PER_FRAME) -> float:
    """Of a camera and a microphone."""
    return frame_packets / FRAME_S + 1 / AUDIO_S


def shoot(seed: int = 1, frame_packets: int = PACKETS_PER_FRAME) -> Footage:
    """Payload descriptors (RFC 7741 §4.2) and headers of frames are real: a recorder reads them."""
    noise = random.Random(seed)

    def packets(start: bytes) -> tuple[bytes, ...]:
        heads = (b"\x10" + start, *([b"\x00"] * (frame_packets - 1)))
        return tuple(head + noise.randbytes(VIDEO_PAYLOAD - STAMP - len(head)) for head in heads)

    return Footage(
        packets(_KEYFRAME),
        packets(b"\x11\x02\x00"),
        OPUS_20_MS + noise.randbytes(AUDIO_PAYLOAD - STAMP - 1),
    )
