"""Ratings as they are kept: with the mentor and with the offering, for lists and searches to read.

Each is written in the transaction of the review that changes it. Writers of one mentor wait for each
other: of two who count at a time each would miss the other's review."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

import structlog
from tortoise.functions import Count

from server.booking import ratings as of_offerings
from server.feedback.models import Review
from server.feedback.rating import of_stars
from server.feedback.values import Rating
from server.infra.db import transactional
from server.people import ratings as of_mentors

Given = dict[int, int]  # how often each number of stars was given

log = structlog.get_logger()


async def rating_of(**condition: Any) -> Rating:
    """What the reviews come to that fulfil it (`mentor_id=`): one query."""
    given = (await _given(**condition))[()]
    return Rating(*of_stars(given), given)


@transactional
async def write_ratings(mentor_id: int, offering_id: UUID | None) -> None:
    """Count anew what a review has changed; after it, in its transaction."""
    await of_mentors.lock_rating(mentor_id)
    found = await rating_of(mentor_id=mentor_id)
    await of_mentors.write_rating(mentor_id, found.mean, found.count)
    if offering_id is not None:
        found = await rating_of(offering_id=offering_id)
        await of_offerings.write_rating(offering_id, found.mean, found.count)


async def write_all() -> int:
    """Put right what is kept otherwise than it is counted. Gives how much that was: nothing, if all is
    well."""
    mentors, offerings = await _given("mentor_id"), await _given("mentor_id", "offering_id")
    wrong: list[tuple[int, UUID | None]] = [
        (mentor_id, None)
        for mentor_id, kept in (await of_mentors.kept_ratings()).items()
        if kept != of_stars(mentors[mentor_id,])
    ]
    wrong += [
        key
        for key, kept in (await of_offerings.kept_ratings()).items()
        if kept != of_stars(offerings[key])
    ]
    for mentor_id, offering_id in wrong:
        log.error("a rating was wrong", mentor_id=mentor_id, offering_id=offering_id)
        await write_ratings(mentor_id, offering_id)
    return len(wrong)


async def _given(*columns: str, **condition: Any) -> defaultdict[tuple[Any, ...], Given]:
    """The stars of what is shown, by these columns."""
    shown = Review.filter(hidden_at__isnull=True, **condition).annotate(times=Count("id"))
    found: defaultdict[tuple[Any, ...], Given] = defaultdict(dict)
    for row in await shown.group_by(*columns, "rating").values(*columns, "rating", "times"):
        found[tuple(row[column] for column in columns)][row["rating"]] = row["times"]
    return found
