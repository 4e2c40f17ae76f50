"""Paints scenes: scales what tracks show into their places, writes names on them, and knows when nothing
has changed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from av.video.reformatter import Interpolation, VideoReformatter

from server.recordings.composing import lettering
from server.recordings.composing.canvas import Canvas, Planes, planes_of
from server.recordings.composing.job import Source
from server.recordings.composing.layout import Card, Rect, Scene, Tile, even, fit
from server.recordings.composing.lesson import Person
from server.recordings.composing.pictures import Picture, PictureTrack

PAUSED = "The recording was paused"
MARGIN = 0.03  # of a tile's height, around names

Track = tuple[str, Source]


class Painter:
    def __init__(
        self,
        title: str,
        people: Mapping[str, Person],
        tracks: Mapping[Track, PictureTrack],
        canvas: Canvas,
    ) -> None:
        self._title = title
        self._people = people
        self._tracks = tracks
        self._canvas = canvas
        height, width = canvas.planes.luma.shape
        self._whole = Rect(0, 0, width, height)
        self._scene: Scene | None = None
        self._painted: dict[Tile, tuple[int, int, int]] = {}  # number, width, height; zeros: initials
        self._scalers: dict[Track, VideoReformatter] = {}
        self._band = lru_cache(maxsize=64)(lettering.name_band)
        self._face = lru_cache(maxsize=16)(lettering.face)

    def paint(self, scene: Scene, ms: float) -> bool:
        """Bring the canvas to what is seen at `ms`; False when that is what is on it already."""
        changed = scene != self._scene
        if changed:
            self._begin(scene)
        for tile in scene.tiles:
            changed |= self._paint_tile(tile, ms)
        return changed

    def _begin(self, scene: Scene) -> None:
        self._scene = scene
        self._painted = {}
        self._canvas.clear(self._whole)
        if scene.card:
            self._canvas.put(self._card(scene.card), self._whole)

    def _card(self, card: Card) -> Planes:
        words = (PAUSED, self._title) if card == "paused" else (self._title, "")
        return lettering.card(*words, self._whole.width, self._whole.height)

    def _paint_tile(self, tile: Tile, ms: float) -> bool:
        track = self._tracks.get((tile.participant, tile.source))
        picture = track.at(ms) if track else None
        before = self._painted.get(tile)
        now = (picture.number, picture.frame.width, picture.frame.height) if picture else (0, 0, 0)
        if now == before:
            return False
        if before is None or now[1:] != before[1:]:
            self._canvas.clear(tile.rect)
        self._painted[tile] = now
        if picture is None:
            self._canvas.put(self._stand_in(tile), tile.rect)
        else:
            self._put_picture(tile, picture)
        self._write_name(tile)
        return True

    def _stand_in(self, tile: Tile) -> Planes:
        name = self._people[tile.participant].name
        return self._face(tile.participant, name, tile.rect.width, tile.rect.height)

    def _put_picture(self, tile: Tile, picture: Picture) -> None:
        place = fit(picture.frame.width, picture.frame.height, tile.rect)
        scaler = self._scalers.setdefault((tile.participant, tile.source), VideoReformatter())
        scaled = scaler.reformat(
            picture.frame,
            place.width,
            place.height,
            "yuv420p",
            interpolation=Interpolation.BILINEAR,
            threads=1,
        )
        self._canvas.put(planes_of(scaled), place)

    def _write_name(self, tile: Tile) -> None:
        """At the lower left, on the picture."""
        if tile.source == "screen":
            return
        band = self._band(self._people[tile.participant].name, tile.rect.width, tile.rect.height)
        margin = even(tile.rect.height * MARGIN)
        x = tile.rect.x + min(margin, tile.rect.width - band.luma.shape[1])
        y = tile.rect.y + tile.rect.height - band.luma.shape[0] - margin
        self._canvas.lay_over(band.luma, band.alpha, even(x), even(max(tile.rect.y, y)))
