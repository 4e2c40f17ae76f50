"""The colour tokens in both schemes against WCAG 2.2: 1.4.3 for text, 1.4.11 for edges and signs."""

from __future__ import annotations

import re

import pytest

from web import STATIC

TEXT = 4.5
SIGN = 3.0
SCHEMES = ("light", "dark")
TOKEN = re.compile(
    r"--([a-z0-9-]+):\s*(?:light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)|(#[0-9a-f]{6}));"
)
GROUNDS = ("paper", "surface", "sunken")

TEXT_PAIRS = (
    *(
        (ink, ground)
        for ink in ("ink", "ink-soft", "pine", "pine-strong", "live", "bad", "good", "warn")
        for ground in GROUNDS
    ),
    ("on-pine", "pine"),
    ("on-pine", "pine-strong"),
    ("on-pine-soft", "pine-soft"),
    ("pine-strong", "pine-soft"),
    ("ink", "pine-soft"),
    ("ink-soft", "pine-soft"),
    ("on-live", "live-fill"),
    ("live", "live-soft"),
    ("good", "good-soft"),
    ("warn", "warn-soft"),
    ("bad", "bad-soft"),
    ("paper", "ink"),
    ("ink", "ochre-soft"),
    *(("on-hue", f"hue-{number}") for number in range(8)),
    ("picture-chalk", "picture-frame"),
)
SIGN_PAIRS = (
    *(
        (edge, ground)
        for edge in ("line-strong", "focus", "pine", "bad", "live-fill")
        for ground in GROUNDS
    ),
    ("picture-chalk", "picture-stage"),
)


def tokens() -> dict[str, tuple[str, str]]:
    """The name of each colour to what it is on paper and at night."""
    found = TOKEN.findall((STATIC / "css/tokens.css").read_text(encoding="utf-8"))
    return {name: (light or both, dark or both) for name, light, dark, both in found}


def _linear(channel: int) -> float:
    """WCAG 2.2, definition of relative luminance."""
    value = channel / 255
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    ("pairs", "least"), [(TEXT_PAIRS, TEXT), (SIGN_PAIRS, SIGN)], ids=["text", "signs"]
)
def test_every_pair_of_colours_can_be_told_apart(
    pairs: tuple[tuple[str, str], ...], least: float, scheme: str
) -> None:
    colours, at = tokens(), SCHEMES.index(scheme)
    ratios = {pair: contrast(colours[pair[0]][at], colours[pair[1]][at]) for pair in pairs}
    assert {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < least} == {}


def test_black_on_white_is_21_to_1() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_no_colour_stands_outside_the_tokens() -> None:
    files = [file for file in (STATIC / "css").glob("*.css") if file.name != "tokens.css"]
    written = {
        file.name: re.findall(
            r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(", file.read_text(encoding="utf-8")
        )
        for file in files
    }
    assert {name: colours for name, colours in written.items() if colours} == {}
