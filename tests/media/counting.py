"""A camera that burns its number into each picture, and a reader of the numbers in a recorded file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
from aiortc import VideoStreamTrack
from av import VideoFrame

WIDTH, HEIGHT = 320, 240
BITS = 16
STRIPE = WIDTH // BITS
DARK, LIGHT = 40, 215


class CountingTrack(VideoStreamTrack):
    """30 pictures a second, 320x240; `sent` is the number of the newest."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = -1

    async def recv(self) -> VideoFrame:
        pts, time_base = await self.next_timestamp()
        self.sent += 1
        frame = VideoFrame.from_ndarray(_picture(self.sent), format="gray").reformat(format="yuv420p")
        frame.pts, frame.time_base = pts, time_base
        return frame


def _picture(number: int) -> np.ndarray[Any, Any]:
    """The lowest bit stands at the left."""
    row = np.repeat([LIGHT if number >> bit & 1 else DARK for bit in range(BITS)], STRIPE)
    return np.tile(row.astype(np.uint8), (HEIGHT, 1))


def numbers(path: Path) -> list[int]:
    """Of all pictures of a file, in its order. Raises av.FFmpegError for one that can't be decoded."""
    with av.open(str(path)) as container:
        return [_number(frame.to_ndarray(format="gray")) for frame in container.decode(video=0)]


def _number(grey: np.ndarray[Any, Any]) -> int:
    rows = grey.shape[0]
    middle = grey[rows // 4 : 3 * rows // 4].mean(axis=0)
    stripe = len(middle) // BITS
    lights = [
        middle[bit * stripe + stripe // 4 : (bit + 1) * stripe - stripe // 4] for bit in range(BITS)
    ]
    return sum(1 << bit for bit, part in enumerate(lights) if part.mean() > (DARK + LIGHT) / 2)
