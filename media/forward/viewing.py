"""Which layer of a picture is of use at the size in which somebody shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from media.protocol.messages import Quality

SHARP = 0.9  # a picture may be shown so much smaller than it needs to be: nobody sees a tenth
USUAL_WIDTH = 1280  # pixels of the best layer before a keyframe told it; each below has half
CAPS = {"low": 0, "medium": 1}


@dataclass(frozen=True, slots=True)
class Viewing:
    """What a receiver asks for: `quality`, and for "auto" how many device pixels wide it is shown."""

    quality: Quality = "auto"
    width: int | None = None

    @property
    def hidden(self) -> bool:
        return self.quality == "off" or (self.quality == "auto" and self.width == 0)

    def most(self, widths: Sequence[int | None], *, sized: bool) -> int:
        """The highest layer of use; `widths` are the layers' in pixels from the lowest up.

        Not `sized` are layers that differ in frame rate alone: any size may show the best."""
        top = len(widths) - 1
        if self.quality in CAPS:
            return min(CAPS[self.quality], top)
        if self.quality == "high" or self.width is None or not sized:
            return top
        for index, width in enumerate(widths):
            if (width or USUAL_WIDTH >> top - index) >= self.width * SHARP:
                return index
        return top
