"""Places between places: texts that sort, so that a paragraph goes between two others without a new
number for anybody else (fractional indexing). Pure."""

from __future__ import annotations

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"  # in the order they sort
LOW, HIGH, MIDDLE = DIGITS[0], DIGITS[-1], DIGITS[len(DIGITS) // 2]


def between(low: str, high: str) -> str:
    """A place after `low` and before `high`; "" is the very beginning, and as `high` the very end.

    Places never end with the lowest digit: there is always one more before each."""
    if not high:
        return _next(low)
    shared = 0
    while shared < len(high) and (low[shared : shared + 1] or LOW) == high[shared]:
        shared += 1
    head, low, high = high[:shared], low[shared:], high[shared:]
    first = DIGITS.index(low[0]) if low else 0
    last = DIGITS.index(high[0])
    if last - first > 1:
        return head + DIGITS[(first + last) // 2]
    if len(high) > 1:  # its first digit alone lies before it, and after what begins lower
        return head + high[0]
    return head + (low[0] if low else LOW) + _next(low[1:])


def _next(low: str) -> str:
    """A short place after `low`: at the end most paragraphs are written."""
    if not low:
        return MIDDLE
    if low[-1] != HIGH:
        return low[:-1] + DIGITS[DIGITS.index(low[-1]) + 1]
    return low + MIDDLE
