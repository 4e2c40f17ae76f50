"""Reviews as the API shows them; the names are the contract's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from typing_extensions import TypedDict

from server.feedback.rating import STARS
from server.feedback.values import Rating, Reviews, ReviewView, Standing


class AuthorShape(TypedDict):
    username: str
    name: str
    picture: str


class ReplyShape(TypedDict):
    text: str
    at: datetime


class ReviewShape(TypedDict):
    """`technical` (of the connection) and `private_note` are there for its writer and its mentor alone;
    `hidden` is one that staff took off. `aspects` are clear, prepared and helpful, as far as given."""

    id: UUID
    session_id: UUID
    author: AuthorShape
    rating: int
    aspects: Mapping[str, int]
    technical: int | None
    comment: str
    private_note: str
    reply: ReplyShape | None
    created_at: datetime
    edited_at: datetime | None
    hidden: bool


class FeedbackShape(TypedDict):
    """`rating` and `rating_count` are of what is taught, all its dates, as with the session; `stars` say
    how often each number of them was given. The items are of this session. `own` is the asker's, and
    `standing` how they stand to it: stranger, mentor, early, off, absent, open, given, closed."""

    items: list[ReviewShape]
    page: int
    per_page: int
    total: int
    rating: float | None
    rating_count: int
    stars: Mapping[str, int]
    own: ReviewShape | None
    standing: str


def review_shape(review: ReviewView) -> ReviewShape:
    reply = review.reply
    return {
        "id": review.id,
        "session_id": review.session_id,
        "author": {
            "username": review.author.username,
            "name": review.author.name,
            "picture": review.author.picture,
        },
        "rating": review.rating,
        "aspects": review.aspects,
        "technical": review.technical,
        "comment": review.comment,
        "private_note": review.private_note,
        "reply": {"text": reply.text, "at": reply.at} if reply else None,
        "created_at": review.created_at,
        "edited_at": review.edited_at,
        "hidden": review.hidden,
    }


def feedback_shape(
    found: Reviews, page: int, per_page: int, rating: Rating, own: ReviewView | None, standing: Standing
) -> FeedbackShape:
    return {
        "items": [review_shape(review) for review in found.items],
        "page": page,
        "per_page": per_page,
        "total": found.total,
        "rating": rating.mean,
        "rating_count": rating.count,
        "stars": {str(stars): rating.given.get(stars, 0) for stars in STARS},
        "own": review_shape(own) if own else None,
        "standing": standing.value,
    }
