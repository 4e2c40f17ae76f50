"""Text that no database or file system takes, refused at the border: NUL characters, lone surrogates, and
names that are too long."""

from __future__ import annotations

import re
from typing import Any

from server.infra.errors import Malformed

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
LONGEST_PATH = 1024  # bytes, below what file systems take even with the folder of static files before it
LONGEST_NAME = 255  # bytes of one part


def nameable(path: str) -> bool:
    """Whether anything could have this path: one that does not, no database or folder is asked for."""
    if UNSTORABLE.search(path):
        return False
    encoded = path.encode()
    return len(encoded) <= LONGEST_PATH and all(len(name) <= LONGEST_NAME for name in encoded.split(b"/"))


def require_storable(value: Any) -> None:
    """Raises Malformed when any text within `value` (JSON-like) could not be stored."""
    if isinstance(value, str):
        if UNSTORABLE.search(value):
            raise Malformed(message="The text holds characters that can't be stored.")
    elif isinstance(value, dict):
        for key, inner in value.items():
            require_storable(key)
            require_storable(inner)
    elif isinstance(value, list):
        for inner in value:
            require_storable(inner)
