"""Spans of time as sets: rows of (begin, end) in order, apart from each other. PURE."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from server.classroom.attendance import union

Span = tuple[datetime, datetime]
Spans = tuple[Span, ...]
MINUTE = timedelta(minutes=1)


def joined(*several: Iterable[Span]) -> Spans:
    """When at least one of them holds."""
    return tuple(union(span for spans in several for span in spans))


def both(these: Iterable[Span], other: Iterable[Span]) -> Spans:
    """When both hold."""
    others = joined(other)
    shared = ((max(one[0], each[0]), min(one[1], each[1])) for one in joined(these) for each in others)
    return joined(span for span in shared if span[0] < span[1])


def without(one: Iterable[Span], other: Iterable[Span]) -> Spans:
    """When the first holds and the other does not."""
    left = list(joined(one))
    for start, end in joined(other):
        cut = [(begin, min(until, start)) for begin, until in left]
        cut += [(max(begin, end), until) for begin, until in left]
        left = [span for span in cut if span[0] < span[1]]
    return joined(left)


def length(spans: Iterable[Span]) -> timedelta:
    return sum((end - start for start, end in joined(spans)), timedelta())


def minutes_begun(span: timedelta) -> int:
    """Whole minutes, and the one that was begun."""
    return -(-span // MINUTE)


def minutes_over(span: timedelta) -> int:
    """Whole minutes."""
    return span // MINUTE
