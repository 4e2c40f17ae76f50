"""Lesson times: the five-minute grid, wall time in a zone, and the windows round a lesson. Pure.

Instants are aware datetimes in UTC. A wall time is a naive datetime that means something only together
with an IANA zone; twice a year some wall times don't exist and some come twice.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from server.booking.clock_changes import instants_of, next_shown
from server.infra.errors import Invalid

GRID = timedelta(minutes=5)  # lessons start on these marks, and a busy cell is this long
DOORS_OPEN = timedelta(minutes=15)  # a room opens this long before the start
BOOKABLE_AFTER_START = timedelta(minutes=10)  # latecomers may still take a seat
OVERTIME = timedelta(minutes=15)  # a lesson nobody ends is ended this long after its planned end
# What is usual; settings may say otherwise (`holding`).
HOLD = timedelta(minutes=15)  # a seat is held this long for its learner to pay
OFFER = timedelta(hours=2)  # a free seat is kept this long for who is next in the queue
OFFERS_END = timedelta(minutes=10)  # before the start; a shorter time than that is no offer
FURTHEST = timedelta(days=730)  # a lesson is planned at most two years ahead

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@cache
def zone_names() -> frozenset[str]:
    """Every IANA zone this machine knows."""
    return frozenset(available_timezones())


def zone(name: str) -> ZoneInfo:
    """The zone of that name.

    Raises Invalid(timezone)."""
    if name not in zone_names():
        raise Invalid(fields={"timezone": "Choose a time zone such as Europe/Berlin."})
    return ZoneInfo(name)


def on_grid(instant: datetime) -> bool:
    return (instant - _EPOCH) % GRID == timedelta(0)


def next_mark(now: datetime) -> datetime:
    """The first mark that is not before `now`."""
    return _EPOCH + -((_EPOCH - now) // GRID) * GRID


def cell_of(instant: datetime) -> int:
    """The number of the five-minute cell that holds the instant, counted from 1970."""
    return (instant - _EPOCH) // GRID


def cells_between(starts_at: datetime, ends_at: datetime) -> range:
    """The cells that [starts_at, ends_at) touches, ascending."""
    return range(cell_of(starts_at), -((_EPOCH - ends_at) // GRID))


def read_start(text: str, zone_name: str) -> datetime:
    """An RFC 3339 instant, or wall time in the zone where the offset is missing, as UTC on the grid.

    Raises Invalid(starts_at), with the code `nonexistent_time` or `ambiguous_time` where the clocks
    of the zone are to blame."""
    try:
        read = datetime.fromisoformat(text)
        instant = read.astimezone(UTC) if read.tzinfo else _from_wall(read, zone(zone_name))
    except (ValueError, OverflowError) as error:
        raise Invalid(fields={"starts_at": "Write a date and time such as 2030-05-14T18:00."}) from error
    if not on_grid(instant):
        raise Invalid(fields={"starts_at": "Lessons start on a five-minute mark, such as 18:05."})
    return instant


def _from_wall(wall: datetime, where: ZoneInfo) -> datetime:
    """The one instant at which the clocks of the zone show this wall time."""
    found = instants_of(wall, where)
    if len(found) == 1:
        return found[0]
    if found:
        raise _clock_change(
            "ambiguous_time",
            f"The clocks in {where.key} show this time twice that night. Say which of both you mean.",
        )
    shown = next_shown(wall, where)
    raise _clock_change(
        "nonexistent_time",
        f"The clocks in {where.key} skip this time that night. The next one is {shown:%H:%M}.",
    )


def _clock_change(code: str, message: str) -> Invalid:
    return Invalid(code=code, message=message, fields={"starts_at": code})


def wall_time(instant: datetime, zone_name: str) -> str:
    """What a clock in the zone shows then, such as `2030-05-14T18:00`."""
    return instant.astimezone(ZoneInfo(zone_name)).strftime("%Y-%m-%dT%H:%M")


def check_ahead(starts_at: datetime, now: datetime) -> None:
    """A lesson can be planned from the current mark on: one that starts "now" must not miss it while
    its mentor presses the button.

    Raises Invalid(starts_at)."""
    if starts_at < now - GRID:
        raise Invalid(fields={"starts_at": "Choose a time that is still to come."})
    if starts_at > now + FURTHEST:
        raise Invalid(fields={"starts_at": "Choose a time within the next two years."})


def bookable_until(starts_at: datetime) -> datetime:
    return starts_at + BOOKABLE_AFTER_START


def doors_open_at(starts_at: datetime) -> datetime:
    return starts_at - DOORS_OPEN


def over_at(ends_at: datetime) -> datetime:
    return ends_at + OVERTIME


def offer_until(starts_at: datetime, now: datetime, offer: timedelta = OFFER) -> datetime | None:
    """Until when a seat that is free now is kept for who waits; None where the start is too near."""
    until = min(now + offer, starts_at - OFFERS_END)
    return until if until - now >= OFFERS_END else None
