"""The dates of a draft beside what its mentor has at those times already."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tortoise.expressions import Q

from server.booking.models import BusyCell
from server.booking.recurrence import Occurrence
from server.booking.times import cells_between
from server.people.availability import Availability, availabilities


@dataclass(frozen=True, slots=True)
class PlannedDate:
    """One date; instants in UTC. `clash` is the title of what its mentor has then; `away`: they said that
    they are away that day, which hinders nothing. `skipped` and `twice` as of an `Occurrence`."""

    starts_at: datetime
    ends_at: datetime
    local_start: str
    skipped: str = ""
    twice: bool = False
    clash: str = ""
    away: bool = False
    past: bool = False
    left_out: bool = False

    @property
    def hindered(self) -> bool:
        return not self.left_out and bool(self.clash or self.past)


async def planned_dates(
    mentor_id: int,
    dates: Sequence[Occurrence],
    length: timedelta,
    now: datetime,
    left_out: Collection[str] = (),
) -> list[PlannedDate]:
    """Of every date what is to be known of it: four queries however many there are."""
    if not dates:
        return []
    since = dates[0].starts_at.date() - timedelta(days=1)
    hours = (await availabilities([mentor_id], since)).get(mentor_id)
    pause = timedelta(minutes=hours.buffer_minutes if hours else 0)
    taken = await _taken(mentor_id, [(date.starts_at, date.starts_at + length + pause) for date in dates])
    return [
        PlannedDate(
            starts_at=date.starts_at,
            ends_at=date.starts_at + length,
            local_start=date.local_start,
            skipped=date.skipped,
            twice=date.twice,
            clash=_clash(date.starts_at, date.starts_at + length + pause, taken),
            away=hours is not None and _is_away(hours, date.starts_at),
            past=date.starts_at < now,
            left_out=date.local_start in left_out,
        )
        for date in dates
    ]


async def _taken(mentor_id: int, spans: Sequence[tuple[datetime, datetime]]) -> dict[int, str]:
    """The titles of the lessons that take cells of these spans, by cell."""
    wanted = Q(*(_within(cells_between(*span)) for span in spans), join_type="OR")
    cells = BusyCell.filter(wanted, user_id=mentor_id)
    rows = await cells.values("cell", "session__title", "booking__session__title")
    return {row["cell"]: row["session__title"] or row["booking__session__title"] for row in rows}


def _within(cells: range) -> Q:
    return Q(cell__gte=cells.start, cell__lt=cells.stop)


def _clash(starts_at: datetime, ends_at: datetime, taken: dict[int, str]) -> str:
    return next((taken[cell] for cell in cells_between(starts_at, ends_at) if cell in taken), "")


def _is_away(hours: Availability, starts_at: datetime) -> bool:
    day = starts_at.astimezone(UTC).astimezone(ZoneInfo(hours.timezone)).date()
    return any(each.away and each.first_date <= day <= each.last_date for each in hours.overrides)
