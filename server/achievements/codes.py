"""Codes of certificates: 100 random bits, spelled so that people can copy them from paper. Pure."""

from __future__ import annotations

import re

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
LETTERS, GROUP = 20, 5
BITS = 5 * LETTERS
MISREAD = str.maketrans("ILO", "110")
GAPS = re.compile(r"[\s-]+")
MOST = 64  # characters of what may be a code


def spelled(number: int) -> str:
    """`K7Q2M-…` for a number of `BITS` bits."""
    letters = "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(LETTERS)))
    return "-".join(letters[start : start + GROUP] for start in range(0, LETTERS, GROUP))


def canonical(text: str) -> str:
    """The spelling under which a code is kept, of what somebody typed; empty where it can be none."""
    if len(text) > MOST:
        return ""
    letters = GAPS.sub("", text).upper().translate(MISREAD)
    if len(letters) != LETTERS or not set(letters) <= set(ALPHABET):
        return ""
    return "-".join(letters[start : start + GROUP] for start in range(0, LETTERS, GROUP))
