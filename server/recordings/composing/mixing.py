"""Sound as numbers: stretching, mixing and measuring. PURE.

Blocks are float32 of shape (2, samples), ±1.0 is full scale, at 48 kHz."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from server.recordings.composing.speaking import SILENT_DB

Sound = npt.NDArray[np.float32]

KNEE = 0.7  # below this the mix is the plain sum; above, it bends towards full scale


def silence(samples: int) -> Sound:
    return np.zeros((2, samples), np.float32)


def stereo(block: npt.NDArray[np.float32]) -> Sound:
    """From (channels, samples) with any channels: one goes to both sides, of many the first two."""
    return np.repeat(block, 2, axis=0) if block.shape[0] == 1 else block[:2]


def stretch(block: Sound, samples: int) -> Sound:
    """The same sound in a few samples more or less."""
    count = block.shape[1]
    if samples == count:
        return block
    at = np.linspace(0, count - 1, samples)
    before = np.arange(count)
    return np.stack([np.interp(at, before, side) for side in block]).astype(np.float32)


def mix(blocks: Iterable[Sound], samples: int) -> Sound:
    """The sum, within ±1.0 however many speak at once. Blocks have `samples` each."""
    total = silence(samples)
    for block in blocks:
        total += block
    return soften(total)


def soften(block: Sound) -> Sound:
    """Bend what is above the knee, so that nothing is cut off."""
    size = np.abs(block)
    if size.max(initial=0.0) <= KNEE:
        return block
    room = np.float32(1 - KNEE)
    bent = KNEE + room * np.tanh((size - KNEE) / room)
    return np.where(size > KNEE, np.copysign(bent, block), block).astype(np.float32)


def levels(block: Sound, step: int) -> list[float]:
    """dBFS of each `step` samples; their number divides the block's."""
    power = np.mean(np.square(block[:2].mean(axis=0)).reshape(-1, step), axis=1)
    floor = 10 ** (SILENT_DB / 10)
    return [float(level) for level in 10 * np.log10(np.maximum(power, floor))]
