"""Saying that a review, or the reply to it, breaks the rules. The staff decides where it decides about
messages and people; what is upheld comes back by a job."""

from __future__ import annotations

from uuid import UUID

from server.edge.access import Viewer
from server.edge.api import timestamp
from server.feedback.answering import NO_REVIEW, shown_review
from server.feedback.forms import ReviewReport
from server.infra.errors import Conflict, NotFound
from server.messages.reports import report_words
from server.messages.states import Subject


async def report_review(viewer: Viewer, review_id: UUID, form: ReviewReport) -> tuple[UUID, str]:
    """Keep what is written there now; the second time nothing happens. Gives the report's id and status.

    Raises NotFound, Conflict (`yourself`), Throttled."""
    review = await shown_review(review_id, viewer)
    of_reply = form.of is Subject.REPLY
    writer_id, words = (
        (review.mentor_id, review.reply) if of_reply else (review.learner_id, review.comment)
    )
    if of_reply and not words:
        raise NotFound(message=NO_REVIEW)
    if writer_id == viewer.user_id:
        raise Conflict("yourself", "You wrote this yourself.")
    said = {
        "text": words,
        "stars": review.rating,
        "comment": review.comment,
        "at": timestamp(review.created_at),
    }
    return await report_words(
        viewer,
        form.of,
        str(review_id),
        writer_id,
        reason=form.reason,
        text=form.text,
        evidence={"review": said},
    )
