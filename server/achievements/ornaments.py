"""What makes a sheet of paper look like a certificate: frame, ground and seal, drawn as lines."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi, sin

from fpdf import FPDF

from server.edge.paper.tints import OCHRE, PAPER, PINE, PINE_PALE

WIDTH, HEIGHT = 297.0, 210.0  # mm: A4, lying
Point = tuple[float, float]

MARK = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">
<g fill="none" stroke="#1d4d3f" stroke-width="1.4">
<path d="M12 20.5C11 14.5 8 11.5 3 10.5c-.3 5.5 3 9.5 9 10Z" fill="#1d4d3f"/>
<path d="M12 20.5c.2-7 3.3-13 9-16.5 1 7.5-2 14-9 16.5Z"/></g></svg>"""


def draw_ground(pdf: FPDF) -> None:
    """Paper, a pale rosette behind the words, and the frame."""
    pdf.set_fill_color(*PAPER)
    pdf.rect(0, 0, WIDTH, HEIGHT, style="F")
    pdf.set_draw_color(*PINE_PALE)
    pdf.set_line_width(0.12)
    for turn in range(6):
        pdf.polyline(rosette((WIDTH / 2, 103), 66, 16, 24, turn * pi / 72))
    _frame(pdf, 9.5, 9, PINE, 0.7)
    _frame(pdf, 12, 9, OCHRE, 0.25)
    for x, y in corners(10.6):
        pdf.set_draw_color(*OCHRE)
        pdf.set_line_width(0.25)
        for turn in range(2):
            pdf.polyline(rosette((x, y), 3.4, 1.5, 8, turn * pi / 8))


def _frame(pdf: FPDF, inset: float, cut: float, tint: tuple[int, int, int], width: float) -> None:
    """A frame whose corners are cut out round."""
    pdf.set_draw_color(*tint)
    pdf.set_line_width(width)
    left, top, right, bottom = inset, inset, WIDTH - inset, HEIGHT - inset
    for y in (top, bottom):
        pdf.line(left + cut, y, right - cut, y)
    for x in (left, right):
        pdf.line(x, top + cut, x, bottom - cut)
    for number, (x, y) in enumerate(corners(inset)):
        start = number * pi / 2
        steps = [start + step * pi / 48 for step in range(25)]
        pdf.polyline([(x + cut * cos(angle), y + cut * sin(angle)) for angle in steps])


def corners(inset: float) -> Sequence[Point]:
    """From the upper left, clockwise."""
    right, bottom = WIDTH - inset, HEIGHT - inset
    return (inset, inset), (right, inset), (right, bottom), (inset, bottom)


def draw_seal(pdf: FPDF, x: float, y: float) -> None:
    """A round seal of woven lines, with room for the mark in it."""
    pdf.set_line_width(0.18)
    for tint, radius, swing, waves in ((OCHRE, 14.5, 2.6, 36), (PINE, 12.2, 1.9, 30)):
        pdf.set_draw_color(*tint)
        for turn in range(3):
            pdf.polyline(rosette((x, y), radius, swing, waves, turn * 2 * pi / (3 * waves)))
    pdf.set_fill_color(*PAPER)
    pdf.set_draw_color(*PINE)
    pdf.set_line_width(0.4)
    pdf.circle(x, y, 9, style="DF")


def rosette(centre: Point, radius: float, swing: float, waves: int, turn: float) -> list[Point]:
    """A closed line that swings `waves` times about a circle."""
    points = []
    for step in range(24 * waves + 1):
        angle = 2 * pi * step / (24 * waves)
        reach = radius + swing * cos(waves * (angle + turn))
        points.append((centre[0] + reach * cos(angle), centre[1] + reach * sin(angle)))
    return points
