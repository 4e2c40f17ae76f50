"""Byte ranges of a file (RFC 9110 §14), its validators and conditions (§8.8, §13). Pure: headers in,
decision out.

A request for several ranges at once is answered with the whole file, as the RFC permits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

RANGE = re.compile(r"bytes=[ \t]*(\d{0,18})-(\d{0,18})[ \t]*", re.IGNORECASE)
NOT_CHANGED, NOT_THE_ONE = 304, 412


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


# --- ranges


def choose(headers: Mapping[str, str], size: int, etag: str, changed: datetime | None = None) -> Slice:
    """What the request asks for. Raises Unsatisfiable."""
    whole = Slice(0, size, size, partial=False)
    asked = RANGE.fullmatch(headers.get("Range", ""))
    if asked is None or asked.groups() == ("", "") or not _unchanged(headers, etag, changed):
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


def _unchanged(headers: Mapping[str, str], etag: str, changed: datetime | None) -> bool:
    """If-Range (§13.1.5): a range is meant only of the file the client knows, by its tag or by the very
    date that we gave."""
    condition = headers.get("If-Range", etag).strip()
    return condition == etag or (changed is not None and _instant(condition) == _whole_second(changed))


# --- conditions


def refusal(headers: Mapping[str, str], etag: str, changed: datetime | None = None) -> int | None:
    """304 or 412 where a condition of a GET or HEAD says so, in the order of §13.2.2; else None."""
    if "If-Match" in headers:
        tags = _tags(headers["If-Match"])
        if etag not in tags and tags != ["*"]:
            return NOT_THE_ONE
    elif _later(changed, headers.get("If-Unmodified-Since")):
        return NOT_THE_ONE
    if "If-None-Match" in headers:
        return NOT_CHANGED if known(headers, etag) else None
    return NOT_CHANGED if _later(changed, headers.get("If-Modified-Since")) is False else None


def known(headers: Mapping[str, str], etag: str) -> bool:
    """If-None-Match (§13.1.2): the client has this very file."""
    tags = [tag.removeprefix("W/") for tag in _tags(headers.get("If-None-Match", ""))]
    return etag in tags or tags == ["*"]


def _tags(header: str) -> list[str]:
    return [tag.strip() for tag in header.split(",")]


def _later(changed: datetime | None, header: str | None) -> bool | None:
    """Whether it changed after the date in a header; None where one of the two is not told."""
    instant = _instant(header or "")
    return None if changed is None or instant is None else _whole_second(changed) > instant


def _instant(header: str) -> datetime | None:
    """An HTTP date (§5.6.7); None for what is none."""
    try:
        found = parsedate_to_datetime(header)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _whole_second(instant: datetime) -> datetime:
    """As headers have it."""
    return instant.astimezone(UTC).replace(microsecond=0)
