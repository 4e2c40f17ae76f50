"""Names of stored files, and how storages say that they have none or can't be asked."""

from __future__ import annotations

import re

from server.infra.errors import NotFound, Unavailable

PART = r"[A-Za-z0-9_][A-Za-z0-9._-]*"
KEY = re.compile(rf"{PART}(/{PART})*")
MAX_KEY = 200  # characters; file systems end at 255 bytes for one part, S3 at 1024 for all


class Missing(NotFound):
    """Nothing is stored under this key."""

    default_message = "This file is not in the storage any more."


class StorageDown(Unavailable):
    """The storage does not answer, or refuses us. Trying again may help."""

    default_message = "The file storage does not answer. Please try again in a moment."


def checked(key: str) -> str:
    """`key` itself. Raises ValueError for one that could leave the storage's root or hide in it."""
    if len(key) > MAX_KEY or not KEY.fullmatch(key):
        raise ValueError(f"not a storage key: {key!r}")
    return key
