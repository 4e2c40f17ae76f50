"""What may be said of a lesson, and until when. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

EDIT_FOR = timedelta(days=14)  # a review after it was given, and a reply after it was
MAX_COMMENT = 2000  # characters, of a comment, a note and a reply
# What a lesson is asked about besides its stars: what the API calls it, and what the page asks.
ASPECTS = {
    "clear": "Explained clearly",
    "prepared": "Well prepared",
    "helpful": "Helpful with questions",
}


def still_open(since: datetime, now: datetime) -> bool:
    """Whether what was written then can be changed now."""
    return now < since + EDIT_FOR
