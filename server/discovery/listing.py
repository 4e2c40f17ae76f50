"""A page of a list, and the chips of the filters that are set. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

PER_PAGE = 20

# What a chip says; `{}` is the filter's value, or its words where `words` has some.
CHIP_TEXTS = {
    "q": "“{}”",
    "skill": "{}",
    "level": "{}",
    "language": "In {}",
    "price": "{}",
    "price_min": "Price from {}",
    "price_max": "Price up to {}",
    "max_price": "{}",
    "from": "From {}",
    "to": "Until {}",
    "mentor": "With {}",
    "min_rating": "Rated {} or better",
    "has_seats": "With free seats",
}


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is shown; pages count from 1, and an empty list has one."""

    number: int
    per_page: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set; `href` leads to the list without it."""

    text: str
    href: str


def chips(path: str, filters: Mapping[str, str], words: Mapping[tuple[str, str], str]) -> list[Chip]:
    """One chip for each filter. `words` maps (filter, value) to what people call it."""
    return [
        Chip(CHIP_TEXTS[name].format(words.get((name, value), value)), without(path, filters, name))
        for name, value in filters.items()
        if name in CHIP_TEXTS
    ]


def without(path: str, filters: Mapping[str, str], name: str) -> str:
    rest = {key: value for key, value in filters.items() if key != name}
    return f"{path}?{urlencode(rest)}" if rest else path
