"""What a person said of lessons, and what was said of theirs, for them to take along. Ratings stay:
they are part of what others are known by; the words of a person who is gone go."""

from __future__ import annotations

from typing import Any

from server.feedback.models import Review
from server.infra.personal import Rows, erased, exported

RATED = "it counts in the rating of a mentor"

ROWS = (
    Rows(Review, "learner_id", "reviews_written", stay=RATED),
    Rows(Review, "mentor_id", "reviews_received", stay=RATED),
)


async def export(user_id: int) -> dict[str, Any]:
    return await exported(ROWS, user_id)


async def erase(user_id: int) -> None:
    await erased(ROWS, user_id)
    await Review.filter(learner_id=user_id).update(comment="", private_note="")
    await Review.filter(mentor_id=user_id).update(reply="")
