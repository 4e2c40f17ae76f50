"""Amounts over time as a picture: drawn on the server, coloured by our own style sheet
(`web/static/css/charts.css`), with the table that says the same. Pure.

The library writes a style sheet and a script into each picture; both are taken out, since pages allow
neither. What is left has classes, and a title on each column that browsers show beside the pointer."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import pygal
from babel.numbers import format_compact_currency, get_currency_precision
from markupsafe import Markup
from pygal.style import Style

from server.edge.templates import LOCALE, money

WIDTH, HEIGHT = 560, 240  # of the drawing's own; on the page it is as wide as its place
LABEL_PX = 18  # as on a phone, where the picture is smaller and its words are not
KEPT = re.compile("graph|plot$")  # groups: the others are filled by the script that is taken out
LINES = 4  # across the chart, about
LABELS_BELOW = 5  # at most, so that they don't touch each other


@dataclass(frozen=True, slots=True)
class Series:
    """One number for each place of the chart. `kind` chooses the colour: good, bad or quiet."""

    name: str
    values: Sequence[int]
    kind: str = "good"


@dataclass(frozen=True, slots=True)
class Chart:
    """`rows` are the table: the words of a place, and what each of `names` has there."""

    title: str
    head: str
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    picture: Markup


def amounts_chart(
    title: str, places: Sequence[tuple[str, str]], series: Sequence[Series], currency: str, head: str
) -> Chart:
    """Columns of minor units, several series one on top of the other, what is negative downwards.

    `places` are pairs of words (for the table) and short words (below the columns); `head` says what
    they are, such as "Day"."""
    said = [[money(value, currency) for value in one.values] for one in series]
    rows = tuple(
        (words, tuple(amounts[place] for amounts in said)) for place, (words, _) in enumerate(places)
    )
    return Chart(
        title=title,
        head=head,
        names=tuple(one.name for one in series),
        kinds=tuple(one.kind for one in series),
        rows=rows,
        picture=_picture(places, series, currency),
    )


def _picture(places: Sequence[tuple[str, str]], series: Sequence[Series], currency: str) -> Markup:
    exponent = get_currency_precision(currency)
    drawn = pygal.StackedBar(
        width=WIDTH,
        height=HEIGHT,
        margin=6,
        spacing=6,
        style=Style(label_font_size=LABEL_PX, major_label_font_size=LABEL_PX),
        js=[],
        no_prefix=True,
        disable_xml_declaration=True,
        show_legend=False,
        show_minor_x_labels=False,
        truncate_label=-1,
        value_formatter=_axis_words(currency),
    )
    drawn.y_labels = _lines(series, exponent)
    drawn.x_labels = [short for _, short in places]
    drawn.x_labels_major = [short for _, short in places[:: -(-len(places) // LABELS_BELOW) or 1]]
    for one in series:
        drawn.add(one.name, [value / 10**exponent for value in one.values])
    drawn.add_xml_filter(lambda root: _plain(root, places, series, currency))
    return Markup(drawn.render(is_unicode=True))


def _lines(series: Sequence[Series], exponent: int) -> list[float]:
    """Round amounts at which lines are drawn, the lowest first: some three steps from end to end."""
    columns = list(zip(*(one.values for one in series), strict=True))
    high = max(1, *(sum(value for value in column if value > 0) for column in columns))
    low = min(0, *(sum(value for value in column if value < 0) for column in columns))
    step = _round_step((high - low) / LINES)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [number * step / 10**exponent for number in range(first, last + 1)]


def _round_step(least: float) -> int:
    """1, 2 or 5 with as many zeros as it takes."""
    power = 10 ** max(0, math.floor(math.log10(least)))
    return next(int(power * digit) for digit in (1, 2, 5, 10) if power * digit >= least)


def _axis_words(currency: str) -> Callable[[float], str]:
    """`€1.5K`: an axis has little room."""
    return lambda amount: format_compact_currency(amount, currency, locale=LOCALE, fraction_digits=1)


def _plain(
    root: Any, places: Sequence[tuple[str, str]], series: Sequence[Series], currency: str
) -> ElementTree.Element:
    """The drawing without styles, scripts and remarks; the table says it to who can't see it."""
    found: ElementTree.Element = root
    graph, *plots = (each for each in found.iter("g") if KEPT.match(each.get("class", "")))
    found[:] = [graph]
    graph[:] = plots
    found.attrib.pop("id", None)
    found.attrib.update({"class": "amounts", "aria-hidden": "true", "focusable": "false"})
    for guide in found.iterfind(".//g[@class='guides']"):
        guide[:] = [each for each in guide if each.tag != "title"]
    for number, one in enumerate(series):
        _say_columns(found, number, one, [words for words, _ in places], currency)
    return found


def _say_columns(
    root: ElementTree.Element, number: int, one: Series, words: Sequence[str], currency: str
) -> None:
    """Each column says when and how much it is; its colour is that of its kind."""
    group = next(each for each in root.iter("g") if f"serie-{number}" in each.get("class", "").split())
    group.set("class", f"amounts-{one.kind}")
    columns = [each for each in group.iter("g") if each.get("class") == "bar"]
    for column, when, value in zip(columns, words, one.values, strict=True):
        for described in column.findall("desc"):
            column.remove(described)
        ElementTree.SubElement(column, "title").text = f"{when}: {one.name}, {money(value, currency)}"
