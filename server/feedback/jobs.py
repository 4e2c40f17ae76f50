"""What becomes of feedback later: people are asked for it, what staff took off goes, and every night the
ratings are counted anew."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from server.feedback import after, ratings, service
from server.infra.outbox import job, periodic
from server.messages.states import Subject


@job("feedback.lesson_over")
async def lesson_over(payload: dict[str, Any]) -> None:
    """A lesson is over, and everybody's presence with it."""
    await after.lesson_over(UUID(payload["session_id"]))


@job("feedback.take_off")
async def take_off(payload: dict[str, Any]) -> None:
    """Staff upheld a report of a review or of a reply."""
    review_id, of = UUID(payload["review"]), Subject(payload["of"])
    await service.take_off(review_id, of, payload["staff_id"], payload["reason"])


@periodic("feedback.count_ratings", every=timedelta(days=1))
async def count_ratings(payload: dict[str, Any]) -> None:
    """They are right as it is; if they ever are not, it is logged and put right."""
    await ratings.write_all()
