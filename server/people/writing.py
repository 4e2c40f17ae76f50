"""What a mentor may write of themselves: how long, with which parts, and without contact data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.infra.errors import Invalid
from server.people.contacts import require_no_contacts

MAX_HEADLINE = 140
MAX_BIO = 5000
MAX_RATE_MINOR = 100_000_000
LENGTHS = {"headline": MAX_HEADLINE, "bio": MAX_BIO}
WANTED = {
    "headline": "Say in one line who you are.",
    "bio": "Write a few sentences about how you teach.",
    "languages": "Choose at least one language.",
    "skills": "Choose at least one skill.",
}


def require_whole(parts: Mapping[str, Any]) -> None:
    """Raises Invalid where a part is missing."""
    if missing := {name: words for name, words in WANTED.items() if not parts[name]}:
        raise Invalid(fields=missing)


def checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a mentor profile that change, from what was given of `headline`, `bio`, `languages`,
    `rate_minor` (of an hour, None: not said) and `currency`.

    Raises Invalid."""
    columns = {name: value.strip() if name in LENGTHS else value for name, value in given.items()}
    _require_lengths(columns)
    require_no_contacts({name: columns.get(name) for name in LENGTHS})
    if "languages" in columns:
        columns["languages"] = list(dict.fromkeys(columns["languages"]))
    return columns


def _require_lengths(columns: Mapping[str, Any]) -> None:
    long = {name: most for name, most in LENGTHS.items() if len(columns.get(name, "")) > most}
    if long:
        raise Invalid(fields={name: f"Use at most {most} characters." for name, most in long.items()})
