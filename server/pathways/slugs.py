"""The names that pathways have in addresses. Pure but for chance."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterator

LONGEST = 60  # characters
RESERVED = frozenset({"new", "edit", "create", "follow", "mine", "search", "api", "all"})


def slug_of(title: str) -> str:
    """Lower-case ASCII words of a title, or `pathway` where nothing of it can be spelled so."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].strip("-") or "pathway"
    return f"{slug}-pathway" if slug in RESERVED else slug


def slugs(title: str) -> Iterator[str]:
    """What to try, one after the other."""
    wanted = slug_of(title)
    yield wanted
    while True:
        yield f"{wanted}-{secrets.token_hex(2)}"
