"""JSON: the free times of a mentor."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from typing_extensions import TypedDict

from server.booking.forms import Zone
from server.booking.hours.slots import Slot, bookable_slots
from server.booking.times import FURTHEST, wall_time
from server.edge.access import viewer
from server.edge.api import ok, read_query
from server.edge.openapi import described
from server.infra.clock import now
from server.infra.errors import Invalid

USUAL_DAYS = 14
MOST_DAYS = 31
DAY = timedelta(days=1)


def _last(value: Any) -> Any:
    """Of a name that is given twice."""
    return value[-1] if isinstance(value, list) else value


def _day(text: Any) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise ValueError("Write a day such as 2030-05-14.") from error


def _on_step(minutes: int) -> int:
    if minutes % 5:
        raise ValueError("The length goes in steps of five minutes.")
    return minutes


Day = Annotated[date, BeforeValidator(_day), BeforeValidator(_last)]
Length = Annotated[int, Field(ge=15, le=240), AfterValidator(_on_step), BeforeValidator(_last)]


class SlotsQuery(BaseModel):
    """Which days, both included, on whose clock; without `timezone` the asker's own."""

    model_config = ConfigDict(extra="ignore")

    first: Day | None = Field(None, alias="from")
    last: Day | None = Field(None, alias="to")
    minutes: Length = 60
    timezone: Annotated[Zone, BeforeValidator(_last)] | None = None


class SlotShape(TypedDict):
    """`local_start` is what a clock shows in the zone that was asked for."""

    starts_at: datetime
    ends_at: datetime
    local_start: str


class SlotsShape(TypedDict):
    timezone: str
    minutes: int
    slots: list[SlotShape]


@described(query=SlotsQuery, data=SlotsShape)
async def slots(request: web.Request) -> web.StreamResponse:
    """`GET /mentors/{username}/slots?from=&to=&minutes=&timezone=`."""
    asking, asked, present = viewer(request), read_query(request, SlotsQuery), now()
    zone_name = asked.timezone or (asking.timezone if asking else "UTC")
    since, until = _span(asked, zone_name, present)
    found = await bookable_slots(
        request.match_info["username"],
        asking.user_id if asking else None,
        minutes=asked.minutes,
        now=present,
        since=since,
        until=until,
    )
    shapes = [_shape(slot, zone_name) for slot in found]
    return ok(SlotsShape(timezone=zone_name, minutes=asked.minutes, slots=shapes))


def _span(asked: SlotsQuery, zone_name: str, present: datetime) -> tuple[datetime, datetime]:
    """The instants at which the days begin and end. Raises Invalid."""
    where = ZoneInfo(zone_name)
    today = present.astimezone(where).date()
    first = asked.first or today
    if abs(first - today) > FURTHEST:
        raise Invalid(fields={"from": "Choose a day within the next two years."})
    last = asked.last or first + (USUAL_DAYS - 1) * DAY
    if not first <= last < first + MOST_DAYS * DAY:
        raise Invalid(fields={"to": f"Ask for up to {MOST_DAYS} days at once."})
    return midnight(first, where), midnight(last + DAY, where)


def midnight(day: date, where: ZoneInfo) -> datetime:
    """When a date begins there; in UTC."""
    return datetime.combine(day, time(), where).astimezone(UTC)


def _shape(slot: Slot, zone_name: str) -> SlotShape:
    return SlotShape(
        starts_at=slot.starts_at, ends_at=slot.ends_at, local_start=wall_time(slot.starts_at, zone_name)
    )
