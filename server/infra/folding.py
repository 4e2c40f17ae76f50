"""Text as it is searched: without case, accents or the difference between "ü" and "ue".

What can be searched is kept beside what is shown, in a column of `searchable` text, and asked for by
`having`: the same words on both databases. An index serves them where the database has one for parts of
words (`raw_objects.PART_OF_WORD`)."""

from __future__ import annotations

import unicodedata
from typing import Any

from tortoise.expressions import Q

SHORT = 2  # letters: such words begin a word, or "go" would find "algorithm"

# Letters that Unicode takes for ones of their own, and which few people outside of a country can type.
PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def folded(text: str) -> str:
    """Under which spellings of one thing are one: lower case, each letter without its marks."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(PLAIN))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def searchable(*texts: str) -> str:
    """The distinct words of texts, a space before each; those with an umlaut in both spellings."""
    found: dict[str, None] = {}
    for word in unicodedata.normalize("NFC", " ".join(texts)).casefold().split():
        for spelling in (word, word.translate(SPELLED_OUT)):
            found[folded(spelling)] = None
    return "".join(f" {word}" for word in found)


def having(column: str, word: str) -> Q:
    """The condition that a word stands in a column of searchable text."""
    condition: dict[str, Any] = {f"{column}__contains": _part(word)}
    return Q(**condition)


def has(text: str, word: str) -> bool:
    """Whether it stands in searchable text: what `having` asks the database."""
    return _part(word) in text


def _part(word: str) -> str:
    plain = folded(word)
    return f" {plain}" if len(plain) <= SHORT and plain.isalnum() else plain
