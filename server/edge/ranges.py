"""Byte ranges of a file (RFC 9110 §14) and its validators (§8.8, §13). Pure: headers in, decision out.

A request for several ranges at once is answered with the whole file, as the RFC permits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

RANGE = re.compile(r"bytes=[ \t]*(\d{0,18})-(\d{0,18})[ \t]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Slice:
    """What to send: `count` bytes from `first`, of a file of `size`. `partial` makes it a 206."""

    first: int
    count: int
    size: int
    partial: bool

    @property
    def content_range(self) -> str:
        return f"bytes {self.first}-{self.first + self.count - 1}/{self.size}"


class Unsatisfiable(Exception):
    """416: the range lies outside of the file."""


def choose(headers: Mapping[str, str], size: int, etag: str) -> Slice:
    """What the request asks for. Raises Unsatisfiable."""
    whole = Slice(0, size, size, partial=False)
    asked = RANGE.fullmatch(headers.get("Range", ""))
    if asked is None or asked.groups() == ("", "") or not _unchanged(headers, etag):
        return whole
    first, last = _bounds(asked[1], asked[2], size)
    if asked[1] and asked[2] and int(asked[2]) < int(asked[1]):
        return whole  # not a range at all (§14.1.1): ignored
    if first >= size or first > last:
        raise Unsatisfiable
    return Slice(first, last - first + 1, size, partial=True)


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """Positions of the first and the last byte; without a first one, `last` counts from the end."""
    if not first:
        return max(0, size - int(last)), size - 1 if int(last) else -1
    return int(first), min(int(last), size - 1) if last else size - 1


def _unchanged(headers: Mapping[str, str], etag: str) -> bool:
    """If-Range (§13.1.5): a range is meant only of the file the client knows. We give no dates."""
    return headers.get("If-Range", etag).strip() == etag


def known(headers: Mapping[str, str], etag: str) -> bool:
    """If-None-Match (§13.1.2): the client has this very file."""
    tags = [tag.strip().removeprefix("W/") for tag in headers.get("If-None-Match", "").split(",")]
    return etag in tags or tags == ["*"]
