from __future__ import annotations

import numpy as np
import pytest

from server.recordings.composing import lettering
from server.recordings.composing.canvas import Canvas
from server.recordings.composing.layout import Rect


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Ada Lovelace", "AL"), ("ada", "A"), ("Émile de la Tour", "ÉT"), ("  ", "?"), ("(x) 7up", "7")],
)
def test_initials_are_those_of_the_first_and_last_word(name: str, expected: str) -> None:
    assert lettering.initials(name) == expected


def test_everybody_keeps_a_colour() -> None:
    assert lettering.colour_of("ada") == lettering.colour_of("ada")
    assert len({lettering.colour_of(str(number)) for number in range(50)}) == len(lettering.COLOURS)


@pytest.mark.parametrize("name", ["", "Ada", "A" * 300, "王小明", "\N{GRINNING FACE}", "a\nb"])
@pytest.mark.parametrize(("width", "height"), [(64, 36), (256, 192), (1280, 720)])
def test_names_fit_their_tiles(name: str, width: int, height: int) -> None:
    band = lettering.name_band(name, width, height)
    assert band.luma.shape == band.alpha.shape
    tall, wide = band.luma.shape
    assert wide <= width and tall <= height
    assert not (wide % 2 or tall % 2)


def test_what_no_font_has_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lettering, "_system_fonts", tuple)
    assert lettering.written("Ada \N{GRINNING FACE}") == "Ada"
    assert lettering.written("王小明") == ""
    assert not lettering.name_band("王小明", 320, 180).alpha.any()


def test_initials_and_cards_fill_their_place() -> None:
    face = lettering.face("ada", "Ada Lovelace", 256, 192)
    assert face.luma.shape == (192, 256) and face.red.shape == (96, 128)
    assert face.luma.max() > 200
    card = lettering.card("The recording was paused", "Fractions " * 40, 320, 180)
    assert card.luma.max() > 200 and card.luma.min() < 40


def test_a_name_is_laid_over_a_picture() -> None:
    canvas = Canvas(320, 180)
    band = lettering.name_band("Ada", 320, 180)
    canvas.planes.luma[:] = 200
    canvas.lay_over(band.luma, band.alpha, 10, 100)
    tall, wide = band.luma.shape
    within = canvas.planes.luma[100 : 100 + tall, 10 : 10 + wide]
    assert within.min() < 100 and within.max() > 220
    canvas.planes.luma[100 : 100 + tall, 10 : 10 + wide] = 200
    assert (canvas.planes.luma == 200).all()


def test_clearing_leaves_the_rest_alone() -> None:
    canvas = Canvas(64, 64)
    canvas.planes.luma[:], canvas.planes.red[:] = 200, 77
    canvas.clear(Rect(0, 0, 32, 64))
    assert (canvas.planes.luma[:, 32:] == 200).all() and (canvas.planes.luma[:, :32] < 50).all()
    assert (canvas.planes.red[:, 16:] == 77).all()
    assert np.shares_memory(canvas.pixels, canvas.planes.blue)
