"""A picture that stands for the film: chosen among some that were shown."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from av.video.frame import VideoFrame
from PIL import Image

from server.recordings.composing.canvas import Plane
from server.recordings.composing.layout import Scene

OFFERS = 40  # pictures looked at, evenly over the film
QUALITY = 82  # of JPEG
EARLY = 0.05  # the first part of a lesson shows people arriving


def worth(luma: Plane, scene: Scene, share: float) -> float:
    """How well a picture would do: rich in detail, neither black nor white, of people rather than cards.

    `share` is its place in the film, 0 to 1."""
    small = luma[::8, ::8].astype(np.float32)
    detail = float(np.abs(np.diff(small, axis=1)).mean() + np.abs(np.diff(small, axis=0)).mean())
    contrast = float(small.std())
    exposed = 1 - abs(float(small.mean()) - 118) / 160
    placed = 1.0 if EARLY <= share <= 1 - EARLY else 0.7
    return (0.1 if scene.card else 1.0) * placed * max(exposed, 0.1) * (1 + contrast + 2 * detail)


class Poster:
    """Keeps the best picture so far: one is in memory."""

    def __init__(self, frames: int) -> None:
        self._frames = frames
        self._every = max(1, frames // OFFERS)
        self._best = -1.0
        self._pixels: Plane | None = None

    def offer(self, pixels: Plane, luma: Plane, scene: Scene, number: int) -> None:
        """The picture of frame `number`; most are not looked at."""
        if number % self._every:
            return
        value = worth(luma, scene, number / self._frames)
        if value > self._best:
            self._best, self._pixels = value, pixels.copy()

    def jpeg(self) -> bytes:
        """Raises ValueError when nothing was offered."""
        if self._pixels is None:
            raise ValueError("no picture was offered")
        buffer = BytesIO()
        image = Image.fromarray(
            VideoFrame.from_ndarray(self._pixels, "yuv420p").to_ndarray(format="rgb24")
        )
        image.save(buffer, "JPEG", quality=QUALITY, optimize=True, progressive=True)
        return buffer.getvalue()
