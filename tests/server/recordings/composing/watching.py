"""Looking at a film as a viewer would: when it flashes, when it beeps, what it says of itself."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

BRIGHT = 128
LOUD = 0.08
MIDDLE = np.s_[0:100, 120:200]  # where even an upright picture is, and no name
APART_MS = 100  # what follows sooner belongs to the same


def pictures(path: Path) -> Iterator[tuple[float, npt.NDArray[np.uint8]]]:
    """(ms, luma) of each."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            yield (frame.time or 0.0) * 1000, frame.to_ndarray()[: frame.height]


def seen_at(path: Path, ms: float) -> npt.NDArray[np.uint8]:
    """The luma of what is on the screen at a moment."""
    found = None
    for at, luma in pictures(path):
        if at > ms + 1:
            break
        found = luma
    assert found is not None
    return found


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


def heard(path: Path) -> Iterator[tuple[int, npt.NDArray[np.float32]]]:
    """(first sample, one channel) of each piece of sound."""
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            at = round((frame.time or 0.0) * frame.sample_rate)
            yield at, np.asarray(frame.to_ndarray()[0], np.float32)


def loudest(path: Path, from_ms: float, to_ms: float) -> float:
    """The highest peak between two moments, 1.0 is full scale."""
    found = 0.0
    for at, block in heard(path):
        inside = block[max(0, round(from_ms * 48) - at) : max(0, round(to_ms * 48) - at)]
        found = max(found, float(np.abs(inside).max(initial=0.0)))
    return found


def beeps(path: Path) -> list[float]:
    """When (ms) it became loud."""
    found: list[float] = []
    last = float("-inf")
    for first, block in heard(path):
        for at in (first + np.flatnonzero(np.abs(block) > LOUD)) / 48:
            if at - last > APART_MS:
                found.append(float(at))
            last = at
    return found


def probe(path: Path) -> dict[str, Any]:
    command = ["ffprobe", "-v", "error", "-of", "json"]
    shown = ["-show_format", "-show_streams", "-show_chapters"]
    done = subprocess.run([*command, *shown, str(path)], check=True, capture_output=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told
