"""What differs between two texts, word by word. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

WORD = re.compile(r"\S+|\s+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one of the texts; `changed` when the other one has not the same there."""

    text: str
    changed: bool


def differing(old: str, new: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces; put together again they are the texts."""
    before, after = WORD.findall(old), WORD.findall(new)
    lines = SequenceMatcher(None, before, after).get_opcodes()
    left = [Piece("".join(before[start:end]), tag != "equal") for tag, start, end, _, _ in lines]
    right = [Piece("".join(after[start:end]), tag != "equal") for tag, _, _, start, end in lines]
    return [piece for piece in left if piece.text], [piece for piece in right if piece.text]
