"""A long lesson of three people and a screen, made quickly: a few seconds are encoded, then repeated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from server.recordings.composing.job import Chapter, Job
from tests.server.recordings.composing.tapes import (
    LASTS_MS,
    PACKET_MS,
    PICTURE_MS,
    Packet,
    PictureCoder,
    Tapes,
    flashing,
    pictures,
    sounds,
)

CLIP_MS = 10_000
TURN_MS = 8000  # so long each speaks
SEGMENT_MS = 10 * 60 * 1000  # a node begins a new file then
CAMERA, CAMERA_MS = (640, 360), 33
SCREEN, SCREEN_MS = (1280, 720), 100
MARK_MS = 2000  # in each clip
PEOPLE = ("ada", "bob", "cem")


@dataclass(frozen=True)
class Marked:
    """A lesson, and when (ms) it flashes and beeps."""

    job: Job
    flashes: list[int]
    beeps: list[float]


def write_lesson(
    folder: Path,
    duration_ms: int,
    *,
    camera: tuple[int, int] = CAMERA,
    screen: tuple[int, int] = SCREEN,
    size: tuple[int, int] = (1280, 720),
) -> Job:
    """Three cameras and microphones throughout; a screen in the middle three fifths."""
    tapes = Tapes(folder)
    for place, person in enumerate(PEOPLE):
        role = "mentor" if place == 0 else "learner"
        clip = clip_of(faces(*camera, seed=place), *camera, CAMERA_MS)
        add(tapes, person, "camera", clip, 0, duration_ms, role)
        add(tapes, person, "microphone", turns(place), 0, duration_ms, role)
    clip = clip_of(slides(*screen), *screen, SCREEN_MS)
    add(tapes, "ada", "screen", clip, duration_ms // 5, duration_ms * 4 // 5, "mentor")
    chapters = [Chapter(at_ms=duration_ms // 5, title="Screen")]
    return tapes.job(width=size[0], height=size[1], chapters=chapters)


def marked_lesson(folder: Path, duration_ms: int, *, drift: float = 0.0) -> Marked:
    """One person who flashes and beeps once in each clip. Her sound card is fast by `drift`; the node
    places its packets by its own clock."""
    tapes = Tapes(folder)
    clip = pictures(flashing([MARK_MS]), CLIP_MS, every_ms=2 * PICTURE_MS)
    add(tapes, "ada", "camera", clip, 0, duration_ms, "mentor")
    moments = list(range(MARK_MS, duration_ms, CLIP_MS))
    at = [round(moment / (1 - drift) / PACKET_MS) for moment in moments]
    silent, beep = sounds([], 100 * PACKET_MS)[50:51], sounds([100], LASTS_MS + 200)[5:-3]
    packets = spoken(set(at), silent[0].data, [one.data for one in beep], duration_ms, drift)
    tapes.add("ada", "microphone", packets)
    beeps = [one * PACKET_MS * (1 - drift) for one in at]  # packets begin when they begin
    return Marked(tapes.job(), moments, beeps)


def spoken(
    at: set[int], silent: bytes, beep: Sequence[bytes], duration_ms: int, drift: float
) -> list[Packet]:
    """Silence with a beep at each of these packets."""
    found: list[Packet] = []
    while (ms := round(len(found) * PACKET_MS * (1 - drift))) < duration_ms:
        if len(found) in at:
            times = [round((len(found) + place) * PACKET_MS * (1 - drift)) for place in range(len(beep))]
            found += [Packet(time, data) for time, data in zip(times, beep, strict=True)]
        else:
            found.append(Packet(ms, silent))
    return found


def add(
    tapes: Tapes, person: str, source: str, clip: Sequence[Packet], start: int, end: int, role: str
) -> None:
    """A clip over and over, in files as a node writes them."""
    for at in range(start, end, SEGMENT_MS):
        lasts = min(SEGMENT_MS, end - at)
        tapes.add(person, source, repeated(clip, lasts), start_ms=at, duration_ms=lasts, role=role)


def repeated(clip: Sequence[Packet], duration_ms: int) -> list[Packet]:
    return [
        Packet(start + one.ms, one.data, one.width, one.height)
        for start in range(0, duration_ms, clip_ms(clip))
        for one in clip
        if start + one.ms < duration_ms
    ]


def clip_ms(clip: Sequence[Packet]) -> int:
    """Sound lasts for all who take turns, pictures for a clip."""
    return CLIP_MS if clip[0].width else TURN_MS * len(PEOPLE)


def clip_of(
    drawn: Iterator[npt.NDArray[np.uint8]], width: int, height: int, every_ms: int
) -> list[Packet]:
    coder = PictureCoder(width, height)
    found = []
    for ms in range(0, CLIP_MS, every_ms):
        size = (width, height) if ms == 0 else (0, 0)
        found.append(Packet(ms, coder.encode(next(drawn), ms, keyframe=ms == 0), *size))
    return found


def faces(width: int, height: int, *, seed: int) -> Iterator[npt.NDArray[np.uint8]]:
    """Something soft that moves a little, with a camera's noise."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    step = 0
    while True:
        picture = np.full((height * 3 // 2, width), 128 + 8 * seed, np.uint8)
        sway = 6 * np.sin(step / 12)
        head = np.hypot(x - width / 2 - sway, (y - height / 2) * 0.8) < height / 4
        luma = 70 + 40 * np.sin(x / 60 + seed) + 70 * head + random.normal(0, 2, (height, width))
        picture[:height] = luma.clip(16, 235)
        step += 1
        yield picture


def slides(width: int, height: int) -> Iterator[npt.NDArray[np.uint8]]:
    """Lines of small writing that stand still, and scroll now and then."""
    random = np.random.default_rng(9)
    page = np.where(random.random((height // 4, width // 4)) < 0.3, 30, 230).astype(np.uint8)
    page[(np.arange(height // 4) % 5) > 2] = 230
    page = page.repeat(4, axis=0).repeat(4, axis=1)[:height, :width]
    step = 0
    while True:
        picture = np.full((height * 3 // 2, width), 128, np.uint8)
        moved = 4 * max(0, step % 50 - 40)
        picture[:height] = np.roll(page, -moved, axis=0)
        step += 1
        yield picture


def turns(place: int) -> list[Packet]:
    """One of three who speak in turn."""
    mine = range(place * TURN_MS, (place + 1) * TURN_MS - LASTS_MS, LASTS_MS + 3 * PACKET_MS)
    return sounds(list(mine), TURN_MS * len(PEOPLE))
