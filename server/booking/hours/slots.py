"""Free times of mentors: their open hours without what is taken, as soon as their notice allows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice

from server.booking.hours.openings import Slot, fits, free_slots
from server.booking.times import cell_of, next_mark
from server.infra.db import fetch
from server.infra.errors import NotFound
from server.people.availability import Availability, availabilities
from server.people.circle import found as person_found

__all__ = ["Slot", "bookable_slots", "free_of", "is_free", "next_slots", "soonest", "taken_cells"]

AHEAD = timedelta(days=28)  # how far the next free times are looked for
DAY = timedelta(days=1)
# Cells that lie side by side as one row: a number in each person's order grows with them, so that the
# difference of both is theirs alone.
TAKEN = """
SELECT user_id, MIN(cell) AS first, MAX(cell) AS last FROM (
    SELECT user_id, cell, cell - ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY cell) AS run
    FROM busy_cell WHERE user_id IN ({}) AND cell >= ? AND cell < ?
) AS cells GROUP BY user_id, run
"""


async def next_slots(
    mentor_ids: Collection[int], *, minutes: int, now: datetime, limit: int
) -> dict[int, list[Slot]]:
    """The next free times of lessons of this length, soonest first, of each of these mentors: four
    queries for all of them. Nothing is free with somebody who is not approved, or no mentor."""
    hours = await availabilities(mentor_ids, (now - DAY).date())
    taken = await taken_cells(hours, now, now + AHEAD + DAY)
    found: dict[int, list[Slot]] = {mentor_id: [] for mentor_id in mentor_ids}
    for mentor_id, theirs in hours.items():
        if theirs.approved:
            free = _free(theirs, taken.get(mentor_id, set()), minutes, now, now, now + AHEAD)
            found[mentor_id] = list(islice(free, limit))
    return found


async def bookable_slots(
    username: str, viewer_id: int | None, *, minutes: int, now: datetime, since: datetime, until: datetime
) -> list[Slot]:
    """The free times of one mentor that start from `since` on and before `until`, soonest first.

    Raises NotFound, also for who is no approved mentor, or where one has blocked the other."""
    mentor = await person_found(username, viewer_id)
    hours = (await availabilities([mentor.id], (now - DAY).date())).get(mentor.id)
    if hours is None or not hours.approved:
        raise NotFound(message="Nobody of this name teaches here.")
    return await free_of(mentor.id, hours, minutes=minutes, now=now, since=since, until=until)


async def free_of(
    mentor_id: int, hours: Availability, *, minutes: int, now: datetime, since: datetime, until: datetime
) -> list[Slot]:
    """The same for hours that this mentor may only be about to keep: one query."""
    taken = await taken_cells([mentor_id], since, until + DAY)
    return list(_free(hours, taken.get(mentor_id, set()), minutes, now, since, until))


def _free(
    hours: Availability, taken: set[int], minutes: int, now: datetime, since: datetime, until: datetime
) -> Iterator[Slot]:
    return free_slots(hours, taken, timedelta(minutes=minutes), max(since, soonest(hours, now)), until)


def soonest(hours: Availability, now: datetime) -> datetime:
    """The first mark at which the mentor's notice is over."""
    return next_mark(now + timedelta(minutes=hours.notice_minutes))


async def is_free(mentor_id: int, hours: Availability, starts_at: datetime, minutes: int) -> bool:
    """Whether a lesson of this length can begin just then, whatever the notice is: one query."""
    taken = await taken_cells([mentor_id], starts_at, starts_at + DAY)
    return fits(hours, taken.get(mentor_id, set()), starts_at, timedelta(minutes=minutes))


async def taken_cells(
    mentor_ids: Collection[int], since: datetime, until: datetime
) -> Mapping[int, set[int]]:
    """The cells of these people that hold something, by person."""
    found: dict[int, set[int]] = defaultdict(set)
    if not mentor_ids:
        return found
    places = ", ".join("?" * len(mentor_ids))
    rows = await fetch(TAKEN.format(places), [*mentor_ids, cell_of(since), cell_of(until)])
    for row in rows:
        found[row["user_id"]].update(range(row["first"], row["last"] + 1))
    return found
