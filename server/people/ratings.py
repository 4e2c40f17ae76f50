"""Where a mentor's rating is kept. What it comes to is counted by the feature that has the reviews."""

from __future__ import annotations

from server.people.models import MentorProfile

SHOWN_TO = 0.05  # ratings are read to a tenth: what is shown as 4.5 is 4.5 to who looks for that


async def lock_rating(mentor_id: int) -> None:
    """Keep others from writing it until the caller's transaction ends."""
    await (
        MentorProfile.filter(user_id=mentor_id).select_for_update().get_or_none()
    )  # values() would not lock


async def write_rating(mentor_id: int, rating: float | None, count: int) -> None:
    """`rating` is None where `count` is 0; in the caller's transaction."""
    await MentorProfile.filter(user_id=mentor_id).update(rating=rating, rating_count=count)


async def kept_ratings() -> dict[int, tuple[float | None, int]]:
    """What is written, by mentor."""
    rows = await MentorProfile.all().values_list("user_id", "rating", "rating_count")
    return {mentor_id: (rating, count) for mentor_id, rating, count in rows}
