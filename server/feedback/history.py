"""Reviews of lessons that took place before this platform knew of them: imports and demo data."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from server.edge.access import Viewer
from server.feedback.forms import ReviewForm
from server.feedback.giving import give
from server.feedback.models import Review
from server.infra.db import transactional


@transactional
async def record_past_review(
    session_id: UUID, learner: Viewer, said: ReviewForm, at: datetime, reply: str = ""
) -> None:
    """Write down what this learner said then, and what the mentor answered; who attended is asked as
    always. Raises what `give` does."""
    given = await give(session_id, learner, said)
    then = {"created_at": at, "edited_at": None, "reply": reply, "replied_at": at if reply else None}
    await Review.filter(public_id=given.review_id).update(**then)
