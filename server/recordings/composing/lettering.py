"""Words as pixels: names on people, initials for those without a camera, and cards.

The films' letters come with the program; where a name needs others (中, ع), those of the system. What no
font has is not written: boxes help nobody."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from fontTools.ttLib import TTFont, TTLibError  # type: ignore[import-untyped]
from PIL import Image, ImageDraw, ImageFont

import server.edge.paper
from server.recordings.composing.canvas import Planes, planes_of

BUNDLED = Path(server.edge.paper.__file__).parent / "fonts" / "EBGaramond12-Regular.ttf"
SYSTEM = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
LOWER_THIRD = 0.07  # height of a name, as a part of the tile's
SMALLEST = 20  # pixels; less can't be read
BAND = (20, 22, 26)
BAND_OPACITY = 0.62
BACKDROP = (24, 26, 31)
PALE = (236, 238, 242)
# Behind white letters each has a contrast of 4.5 : 1 or more
COLOURS = ((31, 92, 153), (124, 58, 138), (29, 111, 80), (158, 59, 47), (120, 86, 20), (66, 79, 150))

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Overlay:
    """Grey words to be laid over a picture: `alpha` 255 covers it. Shapes are (height, width), even."""

    luma: Bytes
    alpha: Bytes


def initials(name: str) -> str:
    """At most two letters: of the first and the last word."""
    words = [word for word in name.split() if word[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def colour_of(participant: str) -> tuple[int, int, int]:
    """Everybody's own, the same in every film."""
    return COLOURS[hashlib.sha256(participant.encode()).digest()[0] % len(COLOURS)]


def name_band(name: str, width: int, height: int) -> Overlay:
    """A name for the lower left of a tile of this size; nothing to be seen where no font can write it."""
    name = written(name)
    if not name:
        return Overlay(np.zeros((2, 2), np.uint8), np.zeros((2, 2), np.uint8))
    size = max(SMALLEST, round(height * LOWER_THIRD * 0.62))
    font = font_for(name, size)
    text = shortened(name, font, width * 0.9 - size)
    wide, tall = round(font.getlength(text)) + size, round(size * 1.6)
    wide, tall = min(width, wide + wide % 2), min(height, tall + tall % 2)
    band, words = Image.new("L", (wide, tall), 0), Image.new("L", (wide, tall), 0)
    ImageDraw.Draw(band).rounded_rectangle((0, 0, wide - 1, tall - 1), size // 4, fill=255)
    ImageDraw.Draw(words).text((wide / 2, tall / 2), text, fill=255, font=font, anchor="mm")
    ink = np.asarray(words, np.float32) / 255
    alpha = np.maximum(np.asarray(band, np.float32) / 255 * BAND_OPACITY, ink)
    luma = BAND[0] + ink * (PALE[0] - BAND[0])
    return Overlay(luma.astype(np.uint8), (alpha * 255).astype(np.uint8))


def face(participant: str, name: str, width: int, height: int) -> Planes:
    """Initials on the person's colour, for a whole tile."""
    image = Image.new("RGB", (width, height), BACKDROP)
    draw = ImageDraw.Draw(image)
    radius = min(width, height) * 0.3
    x, y = width / 2, height / 2
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour_of(participant))
    letters = written(initials(name))
    draw.text((x, y), letters, fill=PALE, font=font_for(letters, round(radius * 0.9)), anchor="mm")
    return _planes(image)


def card(title: str, below: str, width: int, height: int) -> Planes:
    """The whole picture, with one or two lines in its middle."""
    image = Image.new("RGB", (width, height), BACKDROP)
    draw = ImageDraw.Draw(image)
    lines = [line for line in map(written, (title, below)) if line]
    for place, line in enumerate(lines):
        size = max(SMALLEST, height // (14 if place == 0 else 22))
        font = font_for(line, size)
        y = height / 2 + (place - (len(lines) - 1) / 2) * height / 9
        text = shortened(line, font, width * 0.88)
        draw.text((width / 2, y), text, fill=PALE, font=font, anchor="mm")
    return _planes(image)


def _planes(image: Image.Image) -> Planes:
    frame = av.VideoFrame.from_ndarray(np.asarray(image), "rgb24")
    return planes_of(frame.reformat(format="yuv420p"))


def shortened(text: str, font: ImageFont.FreeTypeFont, width: float) -> str:
    """As much of it as is `width` pixels wide, on one line."""
    text = " ".join(text.split())
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(text + "…") > width:
        text = text[:-1]
    return text.rstrip() + "…"


def written(text: str) -> str:
    """What can be written of it: without symbols that its font lacks; empty where it lacks letters."""
    have = _letters(_font_file(text))
    if not _needed(text) <= have:
        return ""
    return " ".join("".join(one for one in text if ord(one) in have or one.isspace()).split())


@cache
def font_for(text: str, size: int) -> ImageFont.FreeTypeFont:
    """The first font that has all letters; ours where none has."""
    return ImageFont.truetype(str(_font_file(text)), size)


def _font_file(text: str) -> Path:
    needed = _needed(text)
    return next((path for path in _fonts() if needed <= _letters(path)), BUNDLED)


def _needed(text: str) -> frozenset[int]:
    return frozenset(ord(letter) for letter in text if letter.isalnum())


def _fonts() -> Iterator[Path]:
    """Ours first; those of the system are not looked for while it does."""
    yield BUNDLED
    yield from _system_fonts()


@cache
def _system_fonts() -> tuple[Path, ...]:
    """Plain ones first."""
    found = [path for folder in SYSTEM for path in folder.rglob("*.tt[fc]")]
    found += [path for folder in SYSTEM for path in folder.rglob("*.otf")]
    return tuple(sorted(found, key=lambda path: ("Sans" not in path.name, len(path.name), path)))


@cache
def _letters(path: Path) -> frozenset[int]:
    try:
        with TTFont(path, fontNumber=0, lazy=True) as font:
            return frozenset(font.getBestCmap() or ())
    except (OSError, TTLibError):
        return frozenset()
