"""What people send about sessions, parsed once at the border. Only shapes; rules are in the services."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from server.booking.recurrence import MOST_DATES
from server.booking.times import zone_names
from server.edge.amounts import SettlementCurrency, settlement_currency

LEVELS = (
    ("beginner", "Beginner"),
    ("intermediate", "Intermediate"),
    ("advanced", "Advanced"),
)
# BCP 47 tags that the form offers; the API takes any well-formed tag.
LANGUAGES = (
    ("en", "English"),
    ("de", "Deutsch"),
    ("es", "Español"),
    ("fr", "Français"),
    ("it", "Italiano"),
    ("nl", "Nederlands"),
    ("pl", "Polski"),
    ("pt", "Português"),
    ("tr", "Türkçe"),
    ("uk", "Українська"),
    ("ar", "العربية"),
    ("hi", "हिन्दी"),
    ("ja", "日本語"),
    ("zh", "中文"),
)
DURATIONS = (15, 30, 45, 60, 90, 120, 180, 240)  # minutes that the form offers
MAX_CAPACITY = 200  # seats; a room larger than this is a broadcast, not a lesson
MAX_PRICE_MINOR = 100_000_000


def _known_zone(name: str) -> str:
    if name not in zone_names():
        raise ValueError("Choose a time zone such as Europe/Berlin.")
    return name


def _on_step(minutes: int) -> int:
    if minutes % 5:
        raise ValueError("The length goes in steps of five minutes.")
    return minutes


Text = Annotated[str, StringConstraints(strip_whitespace=True)]
Title = Annotated[Text, Field(min_length=3, max_length=140)]
Description = Annotated[Text, Field(max_length=10_000)]
Audience = Annotated[Text, Field(max_length=300)]
Prerequisites = Annotated[Text, Field(max_length=1000)]
Slug = Annotated[Text, Field(min_length=1, max_length=64)]
Goal = Annotated[Text, Field(min_length=1, max_length=300)]
Level = Literal["beginner", "intermediate", "advanced"]
Language = Annotated[
    str, StringConstraints(max_length=35, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
]
Start = Annotated[str, StringConstraints(strip_whitespace=True, min_length=16, max_length=40)]
Minutes = Annotated[int, Field(ge=15, le=240, strict=True), AfterValidator(_on_step)]
Seats = Annotated[int, Field(ge=1, le=MAX_CAPACITY, strict=True)]
Price = Annotated[int, Field(ge=0, le=MAX_PRICE_MINOR, strict=True)]
Zone = Annotated[str, AfterValidator(_known_zone)]
Recording = Literal["auto", "off"]
Policy = Literal["flexible", "standard", "strict"]
Skills = Annotated[list[Slug], Field(max_length=10)]
Goals = Annotated[list[Goal], Field(max_length=12)]


class SessionForm(BaseModel):
    """A new session. Without `timezone` the mentor's own zone is meant, without `offering_id` their
    offering of the same title, or a new one."""

    title: Title
    description: Description = ""
    audience: Audience = ""
    prerequisites: Prerequisites = ""
    skills: Skills = []
    level: Level = "beginner"
    language: Language = "en"
    objectives: Goals = []
    starts_at: Start
    duration_minutes: Minutes
    capacity: Seats = 1
    price_minor: Price = 0
    currency: SettlementCurrency = Field(default_factory=settlement_currency)
    recording: Recording = "auto"
    policy: Policy = "standard"
    timezone: Zone | None = None
    offering_id: UUID | None = None


class SeriesForm(SessionForm):
    """Sessions that recur at one wall time: the first one, every how many weeks, and how often.

    `leave_out` are wall times of dates that do not take place. With `publish` all of them are published,
    or nothing is made."""

    every_weeks: Annotated[int, Field(ge=1, le=4, strict=True)] = 1
    count: Annotated[int, Field(ge=2, le=MOST_DATES, strict=True)]
    leave_out: Annotated[list[Start], Field(max_length=MOST_DATES)] = []
    publish: Annotated[bool, Field(strict=True)] = False


class SessionChanges(BaseModel):
    """Changes to a session: what is left out stays."""

    title: Title | None = None
    description: Description | None = None
    audience: Audience | None = None
    prerequisites: Prerequisites | None = None
    skills: Skills | None = None
    level: Level | None = None
    language: Language | None = None
    objectives: Goals | None = None
    starts_at: Start | None = None
    duration_minutes: Minutes | None = None
    capacity: Seats | None = None
    price_minor: Price | None = None
    currency: SettlementCurrency | None = None
    recording: Recording | None = None
    policy: Policy | None = None
    timezone: Zone | None = None

    def given(self) -> frozenset[str]:
        """The fields that this changes; null means "leave it"."""
        return frozenset(name for name in self.model_fields_set if getattr(self, name) is not None)


class Reason(BaseModel):
    """Why somebody calls something off; may be empty."""

    reason: Annotated[Text, Field(max_length=1000)] = ""
