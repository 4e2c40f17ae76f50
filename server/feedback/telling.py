"""What people are told about feedback: in the transaction of the change; the rest follows its commit."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from server.booking.cards import session_path
from server.booking.models import Session
from server.feedback.models import Review
from server.notifications.service import notify, withdraw
from server.people.privacy import name_among_members

ASK_AFTER = timedelta(days=1)  # from the end of the lesson


def feedback_path(session_id: UUID) -> str:
    return f"{session_path(session_id)}/feedback"


def summary_path(session_id: UUID) -> str:
    return f"{session_path(session_id)}/summary"


def _asking(booking_id: int) -> str:
    """The cause of what reminds one learner of giving a review."""
    return f"rate:{booking_id}"


def _of(review: Review) -> str:
    """The cause of what is told of a review."""
    return f"review:{review.public_id}"


async def ask_for_review(session: Session, booking_id: int, learner_id: int, over_at: datetime) -> None:
    """Once, a day after the lesson, if there is none by then."""
    await notify(
        learner_id,
        "rate_lesson",
        {"title": session.title, "mentor": await name_among_members(session.mentor_id)},
        path=feedback_path(session.id),
        dedupe_key=str(session.id),
        actor_id=session.mentor_id,
        run_at=over_at + ASK_AFTER,
        cause=_asking(booking_id),
    )


async def review_given(review: Review, session: Session) -> None:
    await withdraw(_asking(review.booking_id))
    await notify(
        review.mentor_id,
        "review_received",
        {
            "title": session.title,
            "learner": await name_among_members(review.learner_id),
            "stars": review.rating,
        },
        path=f"{feedback_path(session.id)}#review-{review.public_id}",
        dedupe_key=str(review.public_id),
        actor_id=review.learner_id,
        cause=_of(review),
        group_key=f"reviews:{session.id}",
    )


async def reply_given(review: Review) -> None:
    session = await Session.get(id=review.session_id)
    await notify(
        review.learner_id,
        "review_reply",
        {"title": session.title, "mentor": await name_among_members(review.mentor_id)},
        path=f"{feedback_path(session.id)}#review-{review.public_id}",
        dedupe_key=str(review.public_id),
        actor_id=review.mentor_id,
        cause=_of(review),
    )


async def taken_off(review: Review) -> None:
    """Nobody need hear of it any more, who did not by now."""
    await withdraw(_of(review))


async def summary_written(session: Session, learner_ids: list[int]) -> None:
    """Once, whatever the mentor changes later."""
    mentor = await name_among_members(session.mentor_id)
    for learner_id in learner_ids:
        await notify(
            learner_id,
            "lesson_summary",
            {"title": session.title, "mentor": mentor},
            path=summary_path(session.id),
            dedupe_key=str(session.id),
            actor_id=session.mentor_id,
        )
