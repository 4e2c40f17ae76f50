"""Reading recorded files back, as a player would."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np


@dataclass(frozen=True)
class Picture:
    """`time` in seconds from the file's start, `grey` the mean of its upper half."""

    time: float
    grey: float
    keyframe: bool


def pictures(path: Path) -> list[Picture]:
    with av.open(str(path)) as container:
        found = []
        for frame in container.decode(video=0):
            luma = frame.to_ndarray()[: frame.height // 2 - 8]
            assert frame.time is not None
            found.append(Picture(frame.time, float(np.mean(luma)), frame.key_frame))
        return found


def sound(path: Path) -> list[tuple[float, int, float]]:
    """(time, samples, loudness) of each decoded packet."""
    with av.open(str(path)) as container:
        return [
            (frame.time or 0.0, frame.samples, float(np.mean(np.abs(frame.to_ndarray()))))
            for frame in container.decode(audio=0)
        ]


def codec_and_duration(path: Path) -> tuple[str, float]:
    """What the file says of itself, by ffprobe where it is installed, else by PyAV."""
    if shutil.which("ffprobe"):
        return _ffprobe(path)
    with av.open(str(path)) as container:
        return container.streams[0].codec_context.name, (container.duration or 0) / av.time_base


def _ffprobe(path: Path) -> tuple[str, float]:
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_format", "-show_streams", str(path)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    (stream,) = found["streams"]
    return stream["codec_name"], float(found["format"]["duration"])


def can_seek(path: Path, second: float) -> bool:
    """True when a player jumping to `second` lands within two seconds before it."""
    with av.open(str(path)) as container:
        container.seek(int(second * av.time_base))
        first = next(container.demux(container.streams[0]))
        assert first.pts is not None
        return second - 2 <= float(first.pts * first.time_base) <= second + 0.1
