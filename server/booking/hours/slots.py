"""Free times of mentors: their open hours without what is taken, as soon as their notice allows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice

from tortoise.functions import Max, Min

from server.booking.hours.openings import Slot, free_slots
from server.booking.models import BusyCell
from server.booking.times import cell_of, next_mark
from server.infra.errors import NotFound
from server.people.availability import Availability, availabilities
from server.people.circle import found as person_found

__all__ = ["Slot", "bookable_slots", "free_of", "next_slots"]

AHEAD = timedelta(days=28)  # how far the next free times are looked for
DAY = timedelta(days=1)


async def next_slots(
    mentor_ids: Collection[int], *, minutes: int, now: datetime, limit: int
) -> dict[int, list[Slot]]:
    """The next free times of lessons of this length, soonest first, of each of these mentors: four
    queries for all of them. Nothing is free with somebody who is not approved, or no mentor."""
    hours = await availabilities(mentor_ids, (now - DAY).date())
    taken = await _taken(hours, now, now + AHEAD + DAY)
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
    taken = await _taken([mentor_id], since, until + DAY)
    return list(_free(hours, taken.get(mentor_id, set()), minutes, now, since, until))


def _free(
    hours: Availability, taken: set[int], minutes: int, now: datetime, since: datetime, until: datetime
) -> Iterator[Slot]:
    """Not before the notice is over."""
    soonest = max(since, next_mark(now + timedelta(minutes=hours.notice_minutes)))
    return free_slots(hours, taken, timedelta(minutes=minutes), soonest, until)


async def _taken(mentor_ids: Collection[int], since: datetime, until: datetime) -> Mapping[int, set[int]]:
    """The cells of these people that hold something, by person. A lesson's cells lie side by side, so
    that the first and the last of each are enough."""
    busy = BusyCell.filter(
        user_id__in=list(mentor_ids), cell__gte=cell_of(since), cell__lt=cell_of(until)
    ).annotate(first=Min("cell"), last=Max("cell"))
    found: dict[int, set[int]] = defaultdict(set)
    for row in await busy.group_by("user_id", "session_id", "booking_id").values(
        "user_id", "first", "last"
    ):
        found[row["user_id"]].update(range(row["first"], row["last"] + 1))
    return found
