"""Names of files that people send. Pure."""

from __future__ import annotations

import re

LONGEST_NAME = 120  # characters, without its ending
LONGEST_ENDING = 10
NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069\"\\/:*?<>|]+")
PICTURE_ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}


def clean_name(name: str, kind: str) -> str:
    """A name that every system takes; a picture's ends as what it was made into."""
    plain = NOT_IN_NAMES.sub("_", name.rpartition("/")[2].rpartition("\\")[2]).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if kind in PICTURE_ENDINGS:
        return (stem or plain or "picture")[:LONGEST_NAME] + PICTURE_ENDINGS[kind]
    if not dot or len(ending) > LONGEST_ENDING:
        return (plain or "file")[:LONGEST_NAME]
    return f"{stem[:LONGEST_NAME]}.{ending}"
