"""Text that no database takes: NUL characters and lone surrogates are refused at the border."""

from __future__ import annotations

import re
from typing import Any

from server.infra.errors import Malformed

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


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
