"""Languages by their BCP 47 tags: which are known, and what they are called in English (CLDR)."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated

from babel import Locale
from pydantic import AfterValidator, StringConstraints

NAMES = Locale("en").languages
MAX_TAG = 35  # characters; RFC 5646 §4.4.1

# What forms offer: those that most people speak, and those of Europe. The API takes any known tag.
OFFERED = (
    "ar", "be", "bg", "bn", "ca", "cs", "cy", "da", "de", "el", "en", "es", "et", "eu", "fa", "fi",
    "fil", "fr", "ga", "gl", "gu", "he", "hi", "hr", "hu", "hy", "id", "is", "it", "ja", "ka", "kk",
    "km", "kn", "ko", "lt", "lv", "mk", "ml", "mn", "mr", "ms", "mt", "my", "nb", "ne", "nl", "nn",
    "pa", "pl", "ps", "pt", "pt-BR", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "sw", "ta", "te", "th",
    "tr", "uk", "ur", "uz", "vi", "yo", "zh", "zu",
)  # fmt: skip


@lru_cache(maxsize=1024)
def language_name(tag: str) -> str:
    """`Brazilian Portuguese` for `pt-BR`, `German` for `de-1996`, the tag itself for an unknown one."""
    parts = tag.split("-")
    return NAMES.get("_".join(parts[:2])) or NAMES.get(parts[0]) or tag


def offered() -> list[tuple[str, str]]:
    """Tags and names, by name."""
    return sorted(((tag, language_name(tag)) for tag in OFFERED), key=lambda pair: pair[1])


def _canonical(tag: str) -> str:
    """As RFC 5646 §2.1.1 writes it: `pt-BR`, `zh-Hans`."""
    first, *rest = tag.split("-")
    if first.lower() not in NAMES:
        raise ValueError("Choose a language that we know, such as en or pt-BR.")
    return "-".join([first.lower(), *map(_subtag, rest)])


def _subtag(part: str) -> str:
    if len(part) == 4 and part.isalpha():
        return part.title()
    return part.upper() if len(part) == 2 else part.lower()


Language = Annotated[
    str,
    StringConstraints(max_length=MAX_TAG, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"),
    AfterValidator(_canonical),
]
