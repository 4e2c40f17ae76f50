"""The film's picture: planes of numbers (YUV 4:2:0, BT.601, limited range) that pictures are put on."""

from __future__ import annotations

from typing import NamedTuple

import av
import numpy as np
import numpy.typing as npt

from server.recordings.composing.layout import Rect

Plane = npt.NDArray[np.uint8]

DARK = 26  # the ground between and behind pictures
GREY = 128  # chroma without colour


class Planes(NamedTuple):
    """`luma` has shape (height, width), the others half of it."""

    luma: Plane
    blue: Plane
    red: Plane


def planes_of(frame: av.VideoFrame) -> Planes:
    """Views of a yuv420p frame's pixels: good as long as the frame is."""
    sizes = [(frame.height, frame.width), *[((frame.height + 1) // 2, (frame.width + 1) // 2)] * 2]
    views = []
    for plane, (height, width) in zip(frame.planes, sizes, strict=True):
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        views.append(rows[:height, :width])
    return Planes(*views)


class Canvas:
    """Rectangles are even and within the picture."""

    def __init__(self, width: int, height: int) -> None:
        self.pixels = np.full((height * 3 // 2, width), GREY, np.uint8)
        half = height // 2 * (width // 2)
        chroma = self.pixels[height:].reshape(-1)
        shape = (height // 2, width // 2)
        self.planes = Planes(
            self.pixels[:height], chroma[:half].reshape(shape), chroma[half:].reshape(shape)
        )
        self.clear(Rect(0, 0, width, height))

    def clear(self, rect: Rect) -> None:
        luma, blue, red = self._within(rect)
        luma[:], blue[:], red[:] = DARK, GREY, GREY

    def put(self, picture: Planes, rect: Rect) -> None:
        """A picture of the rectangle's size."""
        for into, plane in zip(self._within(rect), picture, strict=True):
            into[:] = plane

    def lay_over(self, luma: Plane, alpha: Plane, x: int, y: int) -> None:
        """Blend grey pixels in; what they cover loses its colour."""
        height, width = luma.shape
        into = self._within(Rect(x, y, width, height))
        _blend(into.luma, luma, alpha)
        for chroma in (into.blue, into.red):
            _blend(chroma, GREY, alpha[::2, ::2])

    def _within(self, rect: Rect) -> Planes:
        x, y, width, height = rect
        rows, columns = slice(y // 2, (y + height) // 2), slice(x // 2, (x + width) // 2)
        return Planes(
            self.planes.luma[y : y + height, x : x + width],
            self.planes.blue[rows, columns],
            self.planes.red[rows, columns],
        )


def _blend(into: Plane, over: Plane | int, alpha: Plane) -> None:
    share = alpha.astype(np.uint16)
    into[:] = (into * (255 - share) + over * share) // 255
