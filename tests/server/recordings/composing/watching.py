"""Looking at a film as a viewer would: when it flashes, when it beeps, what it says of itself."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

BRIGHT = 128
LOUD = 0.08
MIDDLE = np.s_[0:100, 120:200]  # where even an upright picture is, and no name
APART_MS = 100  # what follows sooner belongs to the same


def pictures(path: Path) -> list[tuple[float, npt.NDArray[np.uint8]]]:
    """(ms, luma) of each."""
    with av.open(str(path)) as container:
        return [
            ((frame.time or 0.0) * 1000, frame.to_ndarray()[: frame.height])
            for frame in container.decode(video=0)
        ]


def seen_at(path: Path, ms: float) -> npt.NDArray[np.uint8]:
    """The luma of what is on the screen at a moment."""
    return [luma for at, luma in pictures(path) if at <= ms + 1][-1]


def flashes(path: Path, part: tuple[slice, slice] = MIDDLE) -> list[float]:
    """When (ms) this part of the picture turned bright."""
    found: list[float] = []
    bright = False
    for ms, luma in pictures(path):
        now = float(luma[part].mean()) > BRIGHT
        if now and not bright:
            found.append(ms)
        bright = now
    return found


def sound(path: Path) -> npt.NDArray[np.float32]:
    """All of it, one channel, placed by its times."""
    with av.open(str(path)) as container:
        blocks = []
        end = 0
        for frame in container.decode(audio=0):
            at = round((frame.time or 0.0) * frame.sample_rate)
            blocks.append(np.zeros(max(0, at - end), np.float32))
            blocks.append(frame.to_ndarray()[0].astype(np.float32))
            end = at + frame.samples
        return np.concatenate(blocks)


def beeps(path: Path) -> list[float]:
    """When (ms) it became loud."""
    at = np.flatnonzero(np.abs(sound(path)) > LOUD) / 48
    return [float(ms) for place, ms in enumerate(at) if place == 0 or ms - at[place - 1] > APART_MS]


def probe(path: Path) -> dict[str, Any]:
    command = ["ffprobe", "-v", "error", "-of", "json"]
    shown = ["-show_format", "-show_streams", "-show_chapters"]
    done = subprocess.run([*command, *shown, str(path)], check=True, capture_output=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told
