"""What clients send about people, parsed once at the border."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, ValidationInfo, field_validator

from server.edge.amounts import SettlementCurrency, minor_units, settlement_currency
from server.edge.forms import Form
from server.edge.languages import Language
from server.people.privacy import DEFAULTS, Audience, Privacy
from server.people.writing import MAX_RATE_MINOR

Slug = Annotated[str, StringConstraints(max_length=60)]
Kind = Literal["teach", "want"]
Level = Literal["", "beginner", "intermediate", "advanced"]
YEAR_WANTED = "Write a year such as 2021, or leave it empty."
RATE_WANTED = "Write an amount such as 45 or 45.50, or leave it empty."


def _year(value: Any) -> int | None:
    """What a form sends for a field that was left empty is no year."""
    text = str(value if value is not None else "").strip()
    if text and not (text.isascii() and text.isdigit() and len(text) == 4):
        raise ValueError(YEAR_WANTED)
    return int(text) if text else None


class ChangeMe(Form):
    """`PATCH /users/me`: what is left out stays."""

    name: str | None = Field(None, max_length=200)
    about: str | None = Field(None, max_length=20_000)
    timezone: str | None = Field(None, max_length=64)
    headline: str | None = Field(None, max_length=500)
    bio: str | None = Field(None, max_length=20_000)
    languages: list[Language] | None = Field(None, max_length=20)
    rate_minor: int | None = Field(None, ge=0, le=MAX_RATE_MINOR)
    currency: SettlementCurrency | None = None


class ChangeSkills(Form):
    """`PUT /users/me/skills`; `levels` by kind, then slug: what is left out stays."""

    teach: list[Slug] = Field(default_factory=list, max_length=100)
    want: list[Slug] = Field(default_factory=list, max_length=100)
    levels: dict[Kind, dict[Slug, Level]] = Field(default_factory=dict)


class MentorPage(Form):
    """The page of a mentor's profile: all of it is sent each time."""

    headline: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    bio: Annotated[str, StringConstraints(strip_whitespace=True)] = ""
    languages: list[Language] = Field(max_length=20)
    skills: list[Slug] = Field(max_length=100)
    currency: SettlementCurrency = Field(default_factory=settlement_currency)
    rate: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)] = ""

    @field_validator("rate")
    @classmethod
    def _is_amount(cls, rate: str, rest: ValidationInfo) -> str:
        minor = minor_units(rate, rest.data.get("currency", settlement_currency()))
        if rate and (minor is None or minor > MAX_RATE_MINOR):
            raise ValueError(RATE_WANTED)
        return rate

    @property
    def rate_minor(self) -> int | None:
        """None where no rate is said."""
        return minor_units(self.rate, self.currency)


class SkillsLike(Form):
    """`GET /skills`."""

    q: str = Field("", max_length=200)


class TakeRole(Form):
    role: str = Field(max_length=20)


class BasicPage(Form):
    """What everybody writes of themselves."""

    name: str = Field(max_length=200)
    about: Annotated[str, StringConstraints(strip_whitespace=True)] = ""
    timezone: str = Field(max_length=64)


class SkillsPage(Form):
    """One press of a button on the page of skills: a skill to add to a list, or one to take out of it
    (`teach:python`). The levels of all that are there come as `level:teach:python`."""

    add: Kind | None = None
    teach: Slug = ""
    teach_level: Level = ""
    want: Slug = ""
    want_level: Level = ""
    remove: str = Field("", max_length=80)


class CredentialForm(Form):
    """A piece of evidence; its file comes beside it. With a skill it is for the level claimed in it."""

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=140)]
    issuer: Annotated[str, StringConstraints(strip_whitespace=True, max_length=140)] = ""
    year: Annotated[int | None, BeforeValidator(_year)] = None
    skill: Slug = ""
    level: Level = ""


class ChangePrivacy(Form):
    """Who sees what. All of it is sent each time."""

    real_name: Audience = DEFAULTS.real_name
    picture: Audience = DEFAULTS.picture
    follow_list: Audience = DEFAULTS.follow_list
    messages: Audience = DEFAULTS.messages
    recommendations: bool = False

    def settings(self) -> Privacy:
        return Privacy(**self.model_dump())
