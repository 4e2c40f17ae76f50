"""Reviews of lessons that were held, for the tests of feedback."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from server.edge.access import Viewer
from server.feedback import service
from server.feedback.forms import ReviewForm
from server.people.models import MentorProfile
from tests.server.achievements.lessons import held

WHOLE = 60.0  # minutes of the lesson


async def lesson(mentor: Viewer, *learners: Viewer, **values: Any) -> UUID:
    """One that is over, with these in it from beginning to end."""
    return await held(mentor, dict.fromkeys(learners, WHOLE), **{"capacity": len(learners), **values})


async def reviewed(session_id: UUID, learner: Viewer, rating: int = 5, **values: Any) -> UUID:
    """What this learner gives; the id of it."""
    form = ReviewForm.model_validate({"rating": rating, **values})
    return (await service.give(session_id, learner, form)).review_id


async def rating_of(mentor: Viewer) -> tuple[float | None, int]:
    """As it is kept."""
    row = await MentorProfile.get(user_id=mentor.user_id)
    return row.rating, row.rating_count
