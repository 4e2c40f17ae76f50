"""Where the rating of what is taught is kept. What it comes to is counted by the feature that has the
reviews."""

from __future__ import annotations

from uuid import UUID

from server.booking.models import Offering


async def write_rating(offering_id: UUID, rating: float | None, count: int) -> None:
    """`rating` is None where `count` is 0; in the caller's transaction."""
    await Offering.filter(id=offering_id).update(rating=rating, rating_count=count)


async def kept_ratings() -> dict[tuple[int, UUID], tuple[float | None, int]]:
    """What is written, by mentor and offering."""
    rows = await Offering.all().values_list("mentor_id", "id", "rating", "rating_count")
    return {(mentor_id, offering_id): (rating, count) for mentor_id, offering_id, rating, count in rows}
