from __future__ import annotations

import pytest

from media.forward.viewing import Viewing

WIDTHS = (320, 640, 1280)


@pytest.mark.parametrize(("width", "layer"), [(90, 0), (320, 0), (350, 0), (360, 1), (700, 1), (720, 2)])
def test_the_smallest_layer_that_looks_sharp_is_enough(width: int, layer: int) -> None:
    assert Viewing("auto", width).most(WIDTHS, sized=True) == layer
    assert Viewing("auto", width).most((None, None, None), sized=True) == layer


def test_a_picture_of_unknown_size_may_be_the_best() -> None:
    assert Viewing().most(WIDTHS, sized=True) == 2
    assert Viewing("auto", 4000).most(WIDTHS, sized=True) == 2


def test_layers_that_differ_in_frame_rate_know_no_size() -> None:
    assert Viewing("auto", 90).most((1920, 1920), sized=False) == 1


@pytest.mark.parametrize(("quality", "layers"), [("low", (0, 0)), ("medium", (1, 0)), ("high", (2, 0))])
def test_a_quality_asked_for_caps_the_layer(quality: str, layers: tuple[int, int]) -> None:
    viewing = Viewing(quality, 90)  # type: ignore[arg-type]
    assert viewing.most(WIDTHS, sized=True) == layers[0]
    assert viewing.most((1280,), sized=True) == layers[1]


def test_hidden_is_what_is_off_or_has_no_width() -> None:
    assert Viewing("off").hidden
    assert Viewing("auto", 0).hidden
    assert not Viewing("high", 0).hidden
    assert not Viewing().hidden
