"""The whiteboard as a picture to keep: SVG on white, for any viewer. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape

from media.protocol.teaching import (
    BOARD_HEIGHT,
    BOARD_WIDTH,
    Item,
    LineItem,
    PenItem,
    ShapeItem,
    TextItem,
)

# The room's colours on paper; a file of its own can't ask the page's tokens.
COLOURS = {
    "ink": "#211d18",
    "red": "#a12626",
    "amber": "#7d4f07",
    "green": "#2b6436",
    "blue": "#3f5784",
    "violet": "#6b4a7d",
}
WIDTHS = {"thin": 3, "medium": 6, "thick": 14}
SIZES = {"small": 26, "medium": 38, "large": 60}  # also in the page's teaching script
LINE_HEIGHT = 1.25
HEAD = 26  # length of an arrow's barbs
NOT_IN_XML = dict.fromkeys((0xFFFE, 0xFFFF))  # the others never come this far


def svg(items: Iterable[Item], title: str) -> str:
    """A whole document; whatever people wrote is escaped."""
    shapes = "\n".join(shape(item) for item in items)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {BOARD_WIDTH} {BOARD_HEIGHT}" '
        f'width="{BOARD_WIDTH}" height="{BOARD_HEIGHT}" fill="none" stroke-linecap="round" '
        f'stroke-linejoin="round">\n<title>{escape(title)}</title>\n'
        f'<rect width="{BOARD_WIDTH}" height="{BOARD_HEIGHT}" fill="#ffffff"/>\n{shapes}\n</svg>\n'
    )


def shape(item: Item) -> str:
    if isinstance(item, TextItem):
        return _text(item)
    pen = f'stroke="{COLOURS[item.colour]}" stroke-width="{WIDTHS[item.width]}"'
    if isinstance(item, PenItem):
        return f'<path d="{_stroke(item.points)}" {pen}/>'
    if isinstance(item, ShapeItem):
        return f"<{_outline(item)} {pen}/>"
    return f'<path d="{_line(item)}" {pen}/>'


def _stroke(points: list[float]) -> str:
    pairs = [f"{x:g} {y:g}" for x, y in zip(points[::2], points[1::2], strict=True)]
    return "M" + "L".join(pairs if len(pairs) > 1 else pairs * 2)


def _line(item: LineItem) -> str:
    line = f"M{item.x1:g} {item.y1:g}L{item.x2:g} {item.y2:g}"
    if item.kind == "line":
        return line
    back = math.atan2(item.y1 - item.y2, item.x1 - item.x2)
    barbs = [(math.cos(back + turn), math.sin(back + turn)) for turn in (-0.5, 0.5)]
    (ax, ay), (bx, by) = [(item.x2 + HEAD * x, item.y2 + HEAD * y) for x, y in barbs]
    return f"{line}M{ax:.1f} {ay:.1f}L{item.x2:g} {item.y2:g}L{bx:.1f} {by:.1f}"


def _outline(item: ShapeItem) -> str:
    left, top = min(item.x1, item.x2), min(item.y1, item.y2)
    width, height = abs(item.x2 - item.x1), abs(item.y2 - item.y1)
    if item.kind == "rectangle":
        return f'rect x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}"'
    middle = f'cx="{left + width / 2:g}" cy="{top + height / 2:g}"'
    return f'ellipse {middle} rx="{width / 2:g}" ry="{height / 2:g}"'


def _text(item: TextItem) -> str:
    size = SIZES[item.size]
    lines = enumerate(item.text.split("\n"))
    spans = "".join(_span(item, line, size * (0.8 + number * LINE_HEIGHT)) for number, line in lines)
    look = f'font-family="sans-serif" font-size="{size}" fill="{COLOURS[item.colour]}"'
    return f"<text {look}>{spans}</text>"


def _span(item: TextItem, line: str, below: float) -> str:
    safe = escape(line.translate(NOT_IN_XML))
    return f'<tspan x="{item.x:g}" y="{item.y + below:g}">{safe}</tspan>'
