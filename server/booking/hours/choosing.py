"""Free times of a mentor for somebody who chooses one: some days at a time, on their own clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from server.booking.hours.openings import Slot
from server.booking.hours.slots import free_of, next_slots, taken_cells
from server.booking.hours.slots_api import midnight
from server.booking.times import FURTHEST, cells_between, wall_time
from server.people.availability import Availability

DAYS = 7  # shown at once
DAY = timedelta(days=1)
OWN = "own"  # what is chosen by who writes a time of their own


@dataclass(frozen=True, slots=True)
class Choice:
    """One free time. `clock` is what the chooser's clock shows then, `value` what a form sends."""

    value: str
    clock: str


@dataclass(frozen=True, slots=True)
class Choices:
    """The free times of some days, and the first days of those before and after. `earlier` is None where
    nothing is to come before."""

    days: tuple[tuple[date, tuple[Choice, ...]], ...]
    first: date
    last: date
    earlier: date | None
    later: date


@dataclass(frozen=True, slots=True)
class Chooser:
    """Who chooses: on which clock, a lesson of how many minutes, and whose lessons are in the way."""

    zone: str
    minutes: int
    busy_id: int | None


async def choices(
    mentor_id: int, hours: Availability, chooser: Chooser, now: datetime, first: date | None
) -> Choices:
    """Without `first` from the first day on at which anything is free: at most six queries."""
    where = ZoneInfo(chooser.zone)
    today = now.astimezone(where).date()
    first = max(today, min(first or await _first(mentor_id, chooser, now) or today, today + FURTHEST))
    since, until = midnight(first, where), midnight(first + DAYS * DAY, where)
    free = await free_of(mentor_id, hours, minutes=chooser.minutes, now=now, since=since, until=until)
    mine = await _taken(chooser, since, until)
    fitting = [slot for slot in free if mine.isdisjoint(cells_between(slot.starts_at, slot.ends_at))]
    by_day = groupby(fitting, lambda slot: slot.starts_at.astimezone(where).date())
    return Choices(
        days=tuple((day, tuple(_choice(slot, chooser.zone) for slot in slots)) for day, slots in by_day),
        first=first,
        last=first + (DAYS - 1) * DAY,
        earlier=max(today, first - DAYS * DAY) if first > today else None,
        later=first + DAYS * DAY,
    )


async def _first(mentor_id: int, chooser: Chooser, now: datetime) -> date | None:
    found = (await next_slots([mentor_id], minutes=chooser.minutes, now=now, limit=1))[mentor_id]
    return found[0].starts_at.astimezone(ZoneInfo(chooser.zone)).date() if found else None


async def _taken(chooser: Chooser, since: datetime, until: datetime) -> set[int]:
    if chooser.busy_id is None:
        return set()
    found = await taken_cells([chooser.busy_id], since, until + DAY)
    return found.get(chooser.busy_id, set())


def _choice(slot: Slot, zone: str) -> Choice:
    return Choice(slot.starts_at.isoformat(), wall_time(slot.starts_at, zone).partition("T")[2])


def chosen_start(sent: Mapping[str, Any]) -> str:
    """The instant of the free time that was chosen, or the wall time that was written instead."""
    slot, own = str(sent.get("slot", "")), str(sent.get("own_start", ""))
    return own if slot in ("", OWN) else slot


def chosen_in(choices: Choices, start: datetime, zone: str) -> dict[str, str]:
    """What the fields say of a start that was chosen elsewhere: one of these times, or one's own."""
    value = start.isoformat()
    if any(one.value == value for _, times in choices.days for one in times):
        return {"slot": value}
    return {"slot": OWN, "own_start": wall_time(start, zone)}


def day_sent(text: object) -> date | None:
    """A date of an address or a button; None where it is none."""
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None
