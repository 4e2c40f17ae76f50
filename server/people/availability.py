"""When mentors teach: weekly hours in their own zone, other hours or none on some dates, the pause after
a lesson, and how long before a lesson it has to be known of.

Hours are minutes from midnight on the mentor's clock, so that nine o'clock stays nine o'clock when the
clocks change; 1440 is the end of the day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

from server.infra.errors import Conflict
from server.people.models import AvailabilityOverride, AvailabilityRule, MentorProfile
from server.people.states import MentorStatus

WEEKLY_COLUMNS = ("weekday", "start_minute", "end_minute")
OVERRIDE_COLUMNS = ("public_id", "first_date", "last_date", "start_minute", "end_minute", "note")


@dataclass(frozen=True, slots=True)
class Weekly:
    """Open every week: `weekday` 0 is Monday."""

    weekday: int
    start_minute: int
    end_minute: int


@dataclass(frozen=True, slots=True)
class Override:
    """What holds instead on these dates, both included: these hours, or none where they are None. Only
    the mentor sees the note."""

    first_date: date
    last_date: date
    start_minute: int | None = None
    end_minute: int | None = None
    note: str = ""
    id: UUID = field(default_factory=uuid4)

    @property
    def away(self) -> bool:
        return self.start_minute is None


@dataclass(frozen=True, slots=True)
class Availability:
    """All of one mentor's, in order of time. `approved`: they may publish lessons."""

    timezone: str
    approved: bool
    buffer_minutes: int = 0
    notice_minutes: int = 0
    weekly: tuple[Weekly, ...] = ()
    overrides: tuple[Override, ...] = ()


async def availabilities(mentor_ids: Collection[int], since: date) -> dict[int, Availability]:
    """Of these mentors by id, without overrides that are over on that date: three queries. Whoever is no
    mentor is left out."""
    profiles = await MentorProfile.filter(user_id__in=set(mentor_ids)).values(
        "user_id", "user__timezone", "status", "buffer_minutes", "notice_minutes"
    )
    ids = [row["user_id"] for row in profiles]
    weekly, overrides = await _weekly(ids), await _overrides(ids, since)
    return {
        row["user_id"]: Availability(
            timezone=row["user__timezone"],
            approved=row["status"] == MentorStatus.APPROVED,
            buffer_minutes=row["buffer_minutes"],
            notice_minutes=row["notice_minutes"],
            weekly=tuple(weekly.get(row["user_id"], ())),
            overrides=tuple(overrides.get(row["user_id"], ())),
        )
        for row in profiles
    }


async def _weekly(mentor_ids: list[int]) -> Mapping[int, list[Weekly]]:
    rows = AvailabilityRule.filter(user_id__in=mentor_ids).order_by("weekday", "start_minute")
    found: dict[int, list[Weekly]] = defaultdict(list)
    for row in await rows.values("user_id", *WEEKLY_COLUMNS):
        found[row.pop("user_id")].append(Weekly(**row))
    return found


async def _overrides(mentor_ids: list[int], since: date) -> Mapping[int, list[Override]]:
    rows = AvailabilityOverride.filter(user_id__in=mentor_ids, last_date__gte=since)
    found: dict[int, list[Override]] = defaultdict(list)
    for row in await rows.order_by("first_date", "start_minute").values("user_id", *OVERRIDE_COLUMNS):
        found[row.pop("user_id")].append(Override(id=row.pop("public_id"), **row))
    return found


async def availability_of(mentor_id: int, since: date) -> Availability:
    """One mentor's. Raises Conflict(no_mentor)."""
    found = await availabilities([mentor_id], since)
    if mentor_id not in found:
        raise Conflict("no_mentor", "Become a mentor first.")
    return found[mentor_id]


async def has_hours(mentor_id: int) -> bool:
    """Whether this mentor has said at all when they teach."""
    return await AvailabilityRule.filter(user_id=mentor_id).exists()


async def buffer_of(mentor_id: int) -> int:
    """Minutes that this mentor wants to themselves after a lesson."""
    row = await MentorProfile.get_or_none(user_id=mentor_id).values("buffer_minutes")
    return int(row["buffer_minutes"]) if row else 0
