"""What the fake camera and microphone of a participant show: a colour and a tone of their own."""

from __future__ import annotations

import math
import struct
import wave
from dataclasses import dataclass
from pathlib import Path

SMALL = (320, 240)
FRAMES = 10
RATE = 48_000
LOUD = 12_000  # of 32,768


@dataclass(frozen=True)
class Look:
    """`yuv` fills the picture, `tone` is in Hz; both are told apart from every other look."""

    name: str
    yuv: tuple[int, int, int]
    tone: int

    @property
    def rgb(self) -> tuple[int, int, int]:
        """BT.601, limited range: what a browser paints."""
        y, u, v = self.yuv
        light = 1.164 * (y - 16)
        red = light + 1.596 * (v - 128)
        green = light - 0.392 * (u - 128) - 0.813 * (v - 128)
        blue = light + 2.017 * (u - 128)
        return tuple(max(0, min(255, round(part))) for part in (red, green, blue))  # type: ignore[return-value]


LOOKS = (
    Look("red", (81, 90, 240), 440),
    Look("green", (145, 54, 34), 1000),
    Look("blue", (41, 240, 110), 1800),
)


def write_video(look: Look, path: Path, size: tuple[int, int] = SMALL) -> Path:
    """A Y4M file that Chromium plays as the camera, in a loop."""
    width, height = size
    y, u, v = look.yuv
    planes = (
        bytes([y]) * (width * height)
        + bytes([u]) * (width * height // 4)
        + bytes([v]) * (width * height // 4)
    )
    rate = 20 if size == SMALL else 10
    header = f"YUV4MPEG2 W{width} H{height} F{rate}:1 Ip A1:1 C420jpeg\n".encode()
    path.write_bytes(header + (b"FRAME\n" + planes) * FRAMES)
    return path


def write_tone(look: Look, path: Path, loudness: int = LOUD) -> Path:
    """Beeps of 0.4 s: a steady tone would be taken for noise and removed by the browser."""
    samples = bytearray()
    for n in range(RATE):
        on = (n % (RATE // 2)) < RATE * 0.4
        samples += struct.pack(
            "<h", int(loudness * math.sin(2 * math.pi * look.tone * n / RATE)) if on else 0
        )
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(bytes(samples))
    return path
