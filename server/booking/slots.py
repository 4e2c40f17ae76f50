"""Free times of mentors: their open hours without what is taken, as soon as their notice allows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from itertools import islice

from tortoise.functions import Max, Min

from server.booking.models import BusyCell
from server.booking.openings import Slot, free_slots
from server.booking.times import cell_of, next_mark
from server.people.availability import Availability, availabilities

__all__ = ["Slot", "next_slots"]

AHEAD = timedelta(days=28)  # how far the next free times are looked for
DAY = timedelta(days=1)


async def next_slots(
    mentor_ids: Collection[int], *, minutes: int, now: datetime, limit: int
) -> dict[int, list[Slot]]:
    """The next free times of lessons of this length, soonest first, of each of these mentors: four
    queries for all of them. Nothing is free with somebody who is not approved, or no mentor."""
    hours = await availabilities(mentor_ids, (now - DAY).date())
    taken = await _taken(hours, now, now + AHEAD + DAY)
    return {
        mentor_id: _slots(hours[mentor_id], taken.get(mentor_id, set()), minutes, now, limit)
        if mentor_id in hours
        else []
        for mentor_id in mentor_ids
    }


def _slots(hours: Availability, taken: set[int], minutes: int, now: datetime, limit: int) -> list[Slot]:
    if not hours.approved:
        return []
    since = next_mark(now + timedelta(minutes=hours.notice_minutes))
    return list(islice(free_slots(hours, taken, timedelta(minutes=minutes), since, now + AHEAD), limit))


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
