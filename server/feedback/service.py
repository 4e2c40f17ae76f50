"""What feedback offers to its own edges and to features above; the parts have one idea each."""

from server.feedback.answering import mentors_review, reply, shown_review, take_off
from server.feedback.giving import Given, give, require_entitled, standing_of
from server.feedback.ratings import rating_of, write_all
from server.feedback.reading import latest_of, one_review, own_review, reviews_of
from server.feedback.values import Rating, Reply, Reviews, ReviewView, Standing

__all__ = [
    "Given",
    "Rating",
    "Reply",
    "ReviewView",
    "Reviews",
    "Standing",
    "give",
    "latest_of",
    "mentors_review",
    "one_review",
    "own_review",
    "rating_of",
    "reply",
    "require_entitled",
    "reviews_of",
    "shown_review",
    "standing_of",
    "take_off",
    "write_all",
]
