"""The filters of the timetable and of the mentors, as they stand in the address."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from server.booking.searching import Recording
from server.booking.service import SessionQuery, Sort
from server.booking.times import zone_names
from server.booking.wallclock import Days
from server.booking.wallclock import Part as PartOfDay
from server.edge.amounts import Currency, settlement_currency
from server.edge.api import validated
from server.edge.languages import Language
from server.infra.errors import Invalid
from server.people.mentors import MentorQuery, MentorSort

MAX_SKILLS = 10
YEARS = range(2000, 2200)  # what a zone can be applied to without running out of calendar
MOMENT_WANTED = "Write a day such as 2030-05-14, or an instant such as 2030-05-14T18:00Z."
AN_INSTANT = timedelta(microseconds=1)  # so that a session that starts exactly at `to` is found


def _listed(value: Any) -> Any:
    """`skill=a&skill=b` and `skill=a,b` mean the same."""
    parts = value if isinstance(value, list) else [value]
    return [piece.strip() for part in parts for piece in str(part).split(",") if piece.strip()]


def _last(value: Any) -> Any:
    return value[-1] if isinstance(value, list) else value


def _day_or_instant(text: str) -> date | datetime:
    try:
        moment = date.fromisoformat(text) if len(text) <= len("2030-05-14") else _instant(text)
    except (ValueError, OverflowError) as error:
        raise ValueError(MOMENT_WANTED) from error
    if moment.year not in YEARS:
        raise ValueError(MOMENT_WANTED)
    return moment


def _instant(text: str) -> datetime:
    """A `+` that was not encoded arrives as a space."""
    read = datetime.fromisoformat(text.replace(" ", "+"))
    if read.tzinfo is None:
        raise ValueError("no offset")
    return read.astimezone(UTC)


def _known_zone(name: str) -> str:
    if name not in zone_names():
        raise ValueError("Write a time zone such as Europe/Berlin.")
    return name


Word = Annotated[str, Field(max_length=200), BeforeValidator(_last)]
Moment = Annotated[str, Field(max_length=40), AfterValidator(_day_or_instant), BeforeValidator(_last)]
Amount = Annotated[int, Field(ge=0, le=10**12), BeforeValidator(_last)]
Rating = Annotated[float, Field(ge=1, le=5, allow_inf_nan=False)]
Length = Literal["short", "medium", "long"]
LENGTHS: dict[Length, tuple[int | None, int | None]] = {  # minutes: longer than, and at most
    "short": (None, 30),
    "medium": (30, 60),
    "long": (60, None),
}


class Filters(BaseModel):
    """What is empty filters nothing."""

    model_config = ConfigDict(populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _drop_empty(cls, values: Any) -> Any:
        """A form sends its empty fields too."""
        if not isinstance(values, dict):
            return values
        return {name: value for name, value in values.items() if value not in ("", [], None)}


F = TypeVar("F", bound=Filters)


def lenient(model: type[F], filters: dict[str, str]) -> tuple[F, dict[str, str]]:
    """The filters of an address, and what was wrong: a bad one is left out, the others still hold."""
    try:
        return validated(model, filters), {}
    except Invalid as refused:
        good = {name: value for name, value in filters.items() if name not in names(refused.fields)}
        return validated(model, good), refused.fields


def kept(model: type[Filters], filters: dict[str, str], errors: dict[str, str]) -> dict[str, str]:
    """Those that the page goes on with, as they were written."""
    known = {field.alias or name for name, field in model.model_fields.items()} - names(errors)
    return {name: value for name, value in filters.items() if value and name in known}


def names(errors: Iterable[str]) -> frozenset[str]:
    """The filters at fault; `skill.0` is a part of `skill`."""
    return frozenset(name.partition(".")[0] for name in errors)


class BrowseForm(Filters):
    """Prices are in minor units; a day and an hour are by the visitor's own clocks. `timezone` says which
    those are of somebody who is not signed in. `duration`: up to 30 minutes, up to 60, longer."""

    q: Word = ""
    skill: Annotated[list[Word], BeforeValidator(_listed), Field(max_length=MAX_SKILLS)] = []
    level: Literal["beginner", "intermediate", "advanced"] | None = None
    language: Word | None = None
    price: Literal["free", "paid"] | None = None
    price_min: Amount | None = None
    price_max: Amount | None = None
    currency: Annotated[Currency, BeforeValidator(_last)] | None = None
    since: Moment | None = Field(None, alias="from")
    until: Moment | None = Field(None, alias="to")
    time: PartOfDay | None = None
    days: Days | None = None
    timezone: Annotated[Word, AfterValidator(_known_zone)] = "UTC"
    duration: Length | None = None
    recording: Recording | None = None
    mentor: Word | None = None
    min_rating: Rating | None = None
    has_seats: bool = False
    sort: Sort = "soonest"

    def query(self, zone_name: str | None = None, seen_by: int | None = None) -> SessionQuery:
        """What to look for, for somebody who lives in that zone; `seen_by` None is a guest."""
        zone = ZoneInfo(zone_name or self.timezone)
        free, paid = self.price == "free", self.price == "paid"
        longer_than, longest = LENGTHS[self.duration] if self.duration else (None, None)
        return SessionQuery(
            q=self.q,
            skills=tuple(self.skill),
            level=self.level,
            language=self.language,
            price_min=max(self.price_min or 0, 1) if paid else self.price_min,
            price_max=0 if free else self.price_max,
            currency=self.currency,
            since=_begin(self.since, zone),
            until=_end(self.until, zone),
            timezone=zone.key,
            part=self.time,
            days=self.days,
            longer_than=longer_than,
            longest=longest,
            recording=self.recording,
            mentor=self.mentor,
            min_rating=self.min_rating,
            has_seats=self.has_seats,
            sort=self.sort,
            seen_by=seen_by,
        )


class MentorForm(Filters):
    """Whom one looks for. `max_price` is of one hour, in minor units of `currency`."""

    q: Word = ""
    skill: Annotated[list[Word], BeforeValidator(_listed), Field(max_length=MAX_SKILLS)] = []
    min_rating: Rating | None = None
    max_price: Amount | None = None
    currency: Annotated[Currency, BeforeValidator(_last)] = Field(default_factory=settlement_currency)
    language: Annotated[Language, BeforeValidator(_last)] | None = None
    sort: MentorSort = "popular"

    def query(self, seen_by: int | None) -> MentorQuery:
        """`seen_by` None is a guest."""
        return MentorQuery(
            q=self.q,
            skills=tuple(self.skill),
            language=self.language,
            min_rating=self.min_rating,
            max_price=self.max_price,
            currency=self.currency,
            sort=self.sort,
            seen_by=seen_by,
        )


def _begin(moment: Any, zone: ZoneInfo) -> datetime | None:
    return _midnight(moment, zone) if _is_day(moment) else moment


def _end(moment: Any, zone: ZoneInfo) -> datetime | None:
    if moment is None:
        return None
    return _midnight(moment + timedelta(days=1), zone) if _is_day(moment) else moment + AN_INSTANT


def _is_day(moment: Any) -> bool:
    return isinstance(moment, date) and not isinstance(moment, datetime)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
