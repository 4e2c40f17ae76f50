"""A page of a list, and the chips of the filters that are set. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

PER_PAGE = 20
SEVERAL = frozenset({"skill"})  # filters of which several values can be set, as `a,b`

RATINGS = (3.5, 4.0, 4.5)  # that lists offer to begin at
# What a chip says; `{}` is the filter's value, or its words where `words` has some.
CHIP_TEXTS = {
    "q": "“{}”",
    "skill": "{}",
    "level": "{}",
    "language": "In {}",
    "price": "{}",
    "price_min": "{}",
    "price_max": "{}",
    "max_price": "{}",
    "from": "From {}",
    "to": "Until {}",
    "time": "{}",
    "days": "{}",
    "duration": "{}",
    "recording": "{}",
    "mentor": "With {}",
    "min_rating": "Rated {}",
    "has_seats": "With free seats",
}


def ratings_offered(chosen: float | None) -> list[tuple[str, str]]:
    """The least ratings that a form offers, and the one that is set: what stands in the address, and what
    people call it."""
    return [
        (f"{rating:g}", f"{rating:g} or better") for rating in sorted({*RATINGS, chosen or RATINGS[0]})
    ]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set; `href` leads to the list without it, which has the filters `rest`."""

    text: str
    href: str
    rest: Mapping[str, str] = field(default_factory=dict)


def chips(path: str, filters: Mapping[str, str], words: Mapping[tuple[str, str], str]) -> list[Chip]:
    """One chip for each value of a filter. `words` maps (filter, value) to what people call it."""
    return [
        Chip(CHIP_TEXTS[name].format(words.get((name, value), value)), address(path, rest), rest)
        for name, value, rest in _each(filters)
        if name in CHIP_TEXTS
    ]


def _each(filters: Mapping[str, str]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Name and value of each, and the filters without it."""
    for name, text in filters.items():
        values = text.split(",") if name in SEVERAL else [text]
        for value in values:
            left = ",".join(other for other in values if other != value)
            yield name, value, _with(filters, name, left)


def _with(filters: Mapping[str, str], name: str, text: str) -> dict[str, str]:
    changed = {**filters, name: text}
    return {key: value for key, value in changed.items() if value}


def address(path: str, filters: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(filters)}" if filters else path
