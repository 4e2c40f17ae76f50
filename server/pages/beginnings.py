"""A session that somebody of the demo has begun to write, and not finished."""

from __future__ import annotations

from collections.abc import Mapping

from server.booking.drafting.drafts import begin_draft, drafts_of
from server.edge.access import Viewer

BEGUN = {
    "title": "Read a flame graph",
    "description": "We profile a small service together and read what the graph says.",
    "skills": ["python"],
    "language": "en",
}


async def seed_beginnings(cast: Mapping[str, Viewer]) -> None:
    """Once: who finishes it or throws it away is not given it again while they have another."""
    mentor = cast.get("mira")
    if mentor is not None and not await drafts_of(mentor.user_id):
        await begin_draft(mentor, BEGUN, onward=True)
