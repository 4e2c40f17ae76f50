"""The mentor's one answer to a review, and what staff takes off."""

from __future__ import annotations

from uuid import UUID

from server.edge.access import Viewer
from server.feedback import telling
from server.feedback.models import Review
from server.feedback.ratings import write_ratings
from server.feedback.rules import still_open
from server.infra import audit, clock
from server.infra.db import transactional
from server.infra.errors import Conflict, Forbidden, NotFound
from server.messages.states import Subject
from server.people.contacts import require_no_contacts
from server.people.privacy import blocked_between

NO_REVIEW = "There is no such review."


async def shown_review(review_id: UUID, viewer: Viewer, *, locked: bool = False) -> Review:
    """One that the viewer may see. Raises NotFound."""
    found = Review.filter(public_id=review_id)
    review = await (found.select_for_update() if locked else found).get_or_none()
    hidden = review is None or review.hidden_at is not None
    if review is None or (hidden and review.learner_id != viewer.user_id):
        raise NotFound(message=NO_REVIEW)
    if await blocked_between(viewer.user_id, review.learner_id):
        raise NotFound(message=NO_REVIEW)
    return review


async def mentors_review(review_id: UUID, viewer: Viewer, *, locked: bool = False) -> Review:
    """One of a lesson that the viewer gave. Raises NotFound, Forbidden."""
    review = await shown_review(review_id, viewer, locked=locked)
    if review.mentor_id != viewer.user_id:
        raise Forbidden(message="Only the mentor of the lesson answers a review of it.")
    return review


@transactional
async def reply(review_id: UUID, viewer: Viewer, text: str) -> None:
    """Answer a review, or put the answer otherwise.

    Raises NotFound, Forbidden, Conflict (`wrong_state`), Invalid."""
    review = await mentors_review(review_id, viewer, locked=True)
    if not answerable(review):
        raise Conflict(message="Your answer can’t be changed any more.")
    require_no_contacts({"text": text})
    first = review.replied_at is None
    review.reply, review.replied_at = text, review.replied_at or clock.now()
    await review.save(update_fields=["reply", "replied_at"])
    if first:
        await telling.reply_given(review)


def answerable(review: Review) -> bool:
    """Not answered, or a short while ago. An answer that was taken off leaves its time behind: there is
    only one."""
    if review.hidden_at is not None or review.replied_at is None:
        return review.hidden_at is None
    return bool(review.reply) and still_open(review.replied_at, clock.now())


@transactional
async def take_off(review_id: UUID, of: Subject, staff_id: int, reason: str) -> None:
    """Staff decided that a review, or the reply to it, breaks the rules: nobody reads it any more, and
    its stars count for nothing. Nothing happens the second time."""
    review = await Review.filter(public_id=review_id).select_for_update().get_or_none()
    if review is None or (review.hidden_at if of is Subject.REVIEW else not review.reply):
        return
    if of is Subject.REVIEW:
        review.hidden_at = clock.now()
    else:
        review.reply = ""
    await review.save(update_fields=["hidden_at", "reply"])
    await audit.record(staff_id, f"{of}.hidden", "review", review_id, reason=reason)
    if of is Subject.REVIEW:
        await telling.taken_off(review)
        await write_ratings(review.mentor_id, review.offering_id)
