"""Reading reviews, as one viewer may see them: newest first, without those of people who are blocked
either way."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tortoise.queryset import QuerySet

from server.booking.values import Person
from server.feedback.models import Review
from server.feedback.rules import still_open
from server.feedback.values import Reply, Reviews, ReviewView
from server.infra import clock
from server.people.privacy import columns, not_blocked, shown

COLUMNS = (
    "public_id",
    "session_id",
    "session__title",
    "learner_id",
    "mentor_id",
    "rating",
    "aspects",
    "technical",
    "comment",
    "private_note",
    "reply",
    "replied_at",
    "hidden_at",
    "created_at",
    "edited_at",
    *columns("learner__"),
)


async def reviews_of(viewer_id: int | None, offset: int, limit: int, **of: Any) -> Reviews:
    """A page of those that fulfil `of` (`mentor_id=`, `offering_id=`, `session_id=`): two queries."""
    items = await latest_of(viewer_id, limit, offset, **of)
    return Reviews(items, await _shown(viewer_id, of).count())


async def latest_of(viewer_id: int | None, limit: int, offset: int = 0, **of: Any) -> list[ReviewView]:
    """The newest of them but `offset`: one query."""
    page = _shown(viewer_id, of).order_by("-created_at", "-id").offset(offset).limit(limit)
    return await _views(page, viewer_id)


def _shown(viewer_id: int | None, of: dict[str, Any]) -> QuerySet[Review]:
    found = Review.filter(hidden_at__isnull=True, **of)
    return found.filter(not_blocked(viewer_id, "learner_id"))


async def own_review(session_id: UUID, viewer_id: int) -> ReviewView | None:
    """What somebody gave, also where it was taken off: one query."""
    own = Review.filter(session_id=session_id, learner_id=viewer_id)
    return next(iter(await _views(own, viewer_id)), None)


async def one_review(review_id: UUID, viewer_id: int) -> ReviewView | None:
    """One by its id, if it is shown or their own: one query."""
    found = await _views(Review.filter(public_id=review_id), viewer_id)
    return next((one for one in found if one.mine or not one.hidden), None)


async def _views(query: QuerySet[Review], viewer_id: int | None) -> list[ReviewView]:
    return [_view(row, viewer_id) for row in await query.values(*COLUMNS)]


def _view(row: dict[str, Any], viewer_id: int | None) -> ReviewView:
    now, face = clock.now(), shown(row, viewer_id, "learner__")
    mine, mentors = viewer_id == row["learner_id"], viewer_id == row["mentor_id"]
    hidden = row["hidden_at"] is not None
    reply = _reply(row, mentors=mentors)
    return ReviewView(
        id=row["public_id"],
        session_id=row["session_id"],
        session_title=row["session__title"],
        author=Person(row["learner__username"], face.name, face.picture_url or ""),
        rating=row["rating"],
        aspects=row["aspects"],
        technical=row["technical"] if mine or mentors else None,
        comment=row["comment"],
        private_note=row["private_note"] if mine or mentors else "",
        reply=reply,
        created_at=row["created_at"],
        edited_at=row["edited_at"],
        mine=mine,
        hidden=hidden,
        editable=mine and not hidden and still_open(row["created_at"], now),
        can_reply=mentors and not hidden and (reply.editable if reply else row["replied_at"] is None),
        can_report=viewer_id is not None and not mine and not hidden,
        can_report_reply=viewer_id is not None and not mentors and reply is not None,
    )


def _reply(row: dict[str, Any], *, mentors: bool) -> Reply | None:
    """One that was taken off left its time behind, and no words."""
    if not row["reply"]:
        return None
    return Reply(row["reply"], row["replied_at"], mentors and still_open(row["replied_at"], clock.now()))
