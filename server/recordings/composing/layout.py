"""Who is shown where: a scene for each moment. PURE. Lengths are pixels, all even (4:2:0 chroma)."""

from __future__ import annotations

from typing import Literal, NamedTuple

from server.recordings.composing.lesson import Moment

ASIDE = 5  # beside a screen the speaker has a fifth of the width
GRID = 4  # people at most

Card = Literal["", "paused", "title"]


class Rect(NamedTuple):
    x: int
    y: int
    width: int
    height: int


class Tile(NamedTuple):
    """One person's camera (or their initials, where it shows nothing), or their screen."""

    participant: str
    source: Literal["camera", "screen"]
    rect: Rect


class Scene(NamedTuple):
    """Tiles that don't overlap; or a card that fills the picture, and no tiles."""

    tiles: tuple[Tile, ...] = ()
    card: Card = ""


def arrange(moment: Moment, speaker: str | None, width: int, height: int, *, grid: bool = False) -> Scene:
    """`speaker` may be somebody who is gone; then the first who is there stands in."""
    if moment.paused:
        return Scene(card="paused")
    if not moment.present:
        return Scene(card="title")
    if moment.screens:
        return Scene(_beside_screen(moment, _shown_speaker(moment, speaker), width, height))
    if grid:
        return Scene(_grid(_gridded(moment, speaker), width, height))
    return Scene((Tile(_shown_speaker(moment, speaker), "camera", Rect(0, 0, width, height)),))


def _shown_speaker(moment: Moment, speaker: str | None) -> str:
    """Nobody has spoken yet, or the speaker is gone: rather somebody with a camera."""
    if speaker in moment.present:
        return str(speaker)
    return (*moment.cameras, *moment.present)[0]


def _beside_screen(moment: Moment, speaker: str, width: int, height: int) -> tuple[Tile, ...]:
    """The screen keeps the picture's full height, the speaker stands at its right."""
    aside = even(width / ASIDE)
    tall = min(height, even(aside * 3 / 4))
    face = Rect(width - aside, even((height - tall) / 2), aside, tall)
    screen = Rect(0, 0, width - aside, height)
    return Tile(moment.screens[0], "screen", screen), Tile(speaker, "camera", face)


def _gridded(moment: Moment, speaker: str | None) -> tuple[str, ...]:
    """Those with a camera first; the speaker is always among them. The order is that of the lesson."""
    chosen = list(dict.fromkeys((*moment.cameras, *moment.present)))[:GRID]
    if speaker in moment.present and speaker not in chosen:
        chosen[-1] = str(speaker)
    return tuple(person for person in moment.present if person in chosen)


def _grid(shown: tuple[str, ...], width: int, height: int) -> tuple[Tile, ...]:
    """Two columns; of three the last stands in the middle."""
    if len(shown) == 1:
        return (Tile(shown[0], "camera", Rect(0, 0, width, height)),)
    wide = even(width / 2)
    rows = (len(shown) + 1) // 2
    tall = even(height / 2)
    top = even((height - rows * tall) / 2)
    tiles = []
    for place, participant in enumerate(shown):
        alone = place == len(shown) - 1 and place % 2 == 0
        x = even((width - wide) / 2) if alone else place % 2 * wide
        tiles.append(Tile(participant, "camera", Rect(x, top + place // 2 * tall, wide, tall)))
    return tuple(tiles)


def fit(width: int, height: int, into: Rect) -> Rect:
    """The largest place for a picture of this size within `into`, its form kept, in the middle."""
    scale = min(into.width / width, into.height / height)
    wide = min(into.width, max(2, even(width * scale)))
    tall = min(into.height, max(2, even(height * scale)))
    x, y = even((into.width - wide) / 2), even((into.height - tall) / 2)
    return Rect(into.x + x, into.y + y, wide, tall)


def even(length: float) -> int:
    """Rounded to the next even number below, with a little grace."""
    return int((length + 0.01) // 2) * 2
